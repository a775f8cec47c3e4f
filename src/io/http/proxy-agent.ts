import { EnvHttpProxyAgent, Pool, type buildConnector, type Dispatcher } from 'undici';
import { withoutInterim } from './interim.js';
import type { Proxy } from './proxy.js';

interface Settings extends Pool.Options {
  readonly connect: buildConnector.BuildOptions & { readonly timeout: number };
}

/** Connections through a proxy. It is asked for a tunnel to the vendor and sees nothing of what goes through. */
export function proxyAgent({ uri, exceptions }: Proxy, settings: Settings): Dispatcher {
  return new EnvHttpProxyAgent({
    ...settings,
    httpProxy: uri,
    httpsProxy: uri,
    noProxy: exceptions ?? '',
    requestTls: settings.connect,
    proxyTls: settings.connect,
    factory: (origin, options: Pool.Options) =>
      new Pool(origin, { ...options, connect: withoutInterim(options.connect ?? {}) }),
    clientFactory: (origin, options) =>
      new Pool(origin, { ...options, headersTimeout: settings.connect.timeout }).compose(endAtHangUp),
  });
}

/**
 * A lost socket is a passing fault to undici, over which it fails no waiting request: while a proxy takes
 * connections and hangs up, it would dial without pause or end. Any other error ends the attempt.
 */
const endAtHangUp: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, {
    onRequestStart: (...args) => handler.onRequestStart?.(...args),
    onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
    onResponseStart: (...args) => handler.onResponseStart?.(...args),
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError(controller, error) {
      const { code } = error as { code?: string };
      const told =
        code === 'UND_ERR_SOCKET' ? new Error('the proxy hung up instead of opening a tunnel') : error;
      handler.onResponseError?.(controller, told);
    },
  });
