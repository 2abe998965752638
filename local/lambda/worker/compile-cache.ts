/**
 * Where Node keeps compiled code, from the first file that a thread loads. A thread that finds its files there does not load
 * the compiler of TypeScript, which would keep 10 MB in each.
 */
export const compileCacheVariable = 'NODE_COMPILE_CACHE';
