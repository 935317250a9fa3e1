export * from './seed-core.ts';
export * from './seed-flux.ts';
export * from './seed-large.ts';
export * from './seed-pods.ts';
export * from './seed-workloads.ts';
