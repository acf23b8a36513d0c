import { type HealthReport, HttpProblem, type Route } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { nothingChanged, type RegistryAway, registryAway } from '../http/refusals.ts'

/** Looks whether the registry answers, and has an end where it does not. */
export type RegistryHealth = () => Promise<HealthReport>

export interface WhereAway {
  readonly registry: RegistryHealth
  /** What a reader of these pages is told: one who runs the service, or one who uses it. */
  readonly told: RegistryAway
  /** Says where the refusal leads on to. */
  readonly lead: (request: Request, response: Response) => void
}

/**
 * The same pages and forms, begun only where the registry answers: with one that is silent, each would wait for every
 * question that it has, with a reader before it who is told nothing. A page that fails since the registry stopped
 * answering says so too. Others learn no more than `/readyz` tells everyone. A form that fails then says nothing of it: it
 * may have been done.
 */
export function whereRegistryAnswers(
  { registry, told, lead }: WhereAway,
  routes: readonly Route[],
): readonly Route[] {
  const isAway = async () => (await registry()).state === 'failed'
  return routes.map(page => ({
    ...page,
    async run(request, response) {
      const isForm = page.method !== 'get'
      if (await isAway()) {
        lead(request, response)
        const refusal = registryAway(
          told,
          new Error('The registry did not answer in time when it was asked whether it does.'),
        )
        throw isForm ? nothingChanged(refusal) : refusal
      }
      try {
        await page.run(request, response)
      } catch (error) {
        if (isForm || error instanceof HttpProblem || !(await isAway())) throw error
        lead(request, response)
        throw registryAway(told, error)
      }
    },
  }))
}
