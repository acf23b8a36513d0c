require('./thread-pool.cjs')

/** The service: `node apps/agent/dist/bin/agent.cjs --config FILE`. */
void import('../main.ts')
