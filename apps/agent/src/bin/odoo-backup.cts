#!/usr/bin/env node
require('./thread-pool.cjs')

/** The command. */
void import('../cli/main.ts')
