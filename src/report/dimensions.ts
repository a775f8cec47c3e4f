/** By what rows can be put together. */
export const DIMENSIONS = ['agent', 'campaign', 'hour', 'day', 'weekday', 'status', 'vendor'] as const;

export type Dimension = (typeof DIMENSIONS)[number];
