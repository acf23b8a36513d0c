import { type HealthReport, HttpProblem, type Route } from '@odoo-backup/service'
import { nothingChangedRegistryAway, registryAway } from '../http/refusals.ts'
import { leadToWhereTheyWere } from './ways-back.ts'

/**
 * The same pages and forms, begun only where the registry answers: with one that is silent, each would wait for every
 * question that it has, and its reader is an operator, perhaps one who looks for just that. A page that fails since the
 * registry stopped answering says so too. Others learn no more than `/readyz` tells everyone. A form that fails then says
 * nothing of it: it may have been done.
 *
 * @param registry looks whether the registry answers, and has an end where it does not
 */
export function whereRegistryAnswers(
  registry: () => Promise<HealthReport>,
  routes: readonly Route[],
): readonly Route[] {
  const isAway = async () => (await registry()).state === 'failed'
  return routes.map(page => ({
    ...page,
    async run(request, response) {
      const isForm = page.method !== 'get'
      if (await isAway()) {
        leadToWhereTheyWere(request, response)
        const cause = new Error('The registry did not answer in time when it was asked whether it does.')
        throw isForm ? nothingChangedRegistryAway(cause) : registryAway(cause)
      }
      try {
        await page.run(request, response)
      } catch (error) {
        if (isForm || error instanceof HttpProblem || !(await isAway())) throw error
        leadToWhereTheyWere(request, response)
        throw registryAway(error)
      }
    },
  }))
}
