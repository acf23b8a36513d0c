import { type HealthReport, HttpProblem, type Route } from '@odoo-backup/service'
import { registryAway } from '../http/refusals.ts'

/**
 * The same pages, where one that fails while the registry does not answer says so: its reader is an operator, perhaps
 * one who looks for just that. Others learn no more than `/readyz` tells everyone. A form that fails then says nothing of
 * it: it may have been done.
 */
export function tellingOfRegistry(
  health: () => Promise<HealthReport>,
  routes: readonly Route[],
): readonly Route[] {
  return routes.map(page =>
    page.method === 'get'
      ? {
          ...page,
          async run(request, response) {
            try {
              await page.run(request, response)
            } catch (error) {
              if (error instanceof HttpProblem) throw error
              const { checks } = await health()
              throw checks.database?.state === 'failed' ? registryAway(error) : error
            }
          },
        }
      : page,
  )
}
