# revsync in an image: no root, a root filesystem that can be read-only, the ledger in /ledger, the files in /data.
# docs/install.md says how it is built and run.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc build.mjs tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit
COPY src ./src
RUN npm run build
# What is installed in the image: the ledger's driver, for the libc of this image alone.
RUN npm ci --omit=dev --ignore-scripts --no-audit && rm -rf node_modules/@libsql/*musl*

FROM node:24-bookworm-slim
WORKDIR /app
COPY LICENSE package.json ./
COPY bin ./bin
COPY --from=build /app/dist ./dist
COPY --from=build /app/node_modules ./node_modules
# A volume that is new takes over whose its folder is. The image names no VOLUME: an engine would put an empty ledger, which
# knows of nothing that was sent, where a volume was forgotten.
RUN install -d -o 1000 -g 1000 -m 0700 /ledger && install -d -o 1000 -g 1000 /data
ENV XDG_STATE_HOME=/ledger TMPDIR=/ledger
WORKDIR /data
USER 1000:1000
ENTRYPOINT ["node", "--no-wasm-tier-up", "--no-wasm-dynamic-tiering", "--", "/app/bin/revsync.js"]
CMD ["--help"]
