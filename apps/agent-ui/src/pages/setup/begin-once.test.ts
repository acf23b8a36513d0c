import { expect, test } from '@jest/globals'
import { JobView } from '@odoo-backup/protocol'
import { ApiError } from '../../api/client.ts'
import { beginningOnce } from './begin-once.ts'

/** An agent that knows some jobs, of which the first is the newest, and may lose its answers. */
function agentWith(...states: JobView['state'][]) {
  const jobs = states.map((state, index) => jobOf(`former-${index}`, state))
  const agent = {
    jobs,
    started: 0,
    isSilent: false,
    losesAnswers: false,
    list: async () => {
      if (agent.isSilent) throw new ApiError('offline', 0, '')
      return [...jobs]
    },
    start: async () => {
      agent.started += 1
      const job = jobOf(`new-${agent.started}`, 'active')
      jobs.unshift(job)
      if (agent.losesAnswers) throw new ApiError('outcome_unknown', 502, '')
      return job
    },
  }
  return agent
}

const jobOf = (id: string, state: JobView['state']) =>
  JobView.parse({
    id,
    kind: 'backup',
    state,
    database: 'shop',
    createdAt: '2026-01-01T00:00:00Z',
    attempt: 1,
  })

test('what ended before it is asked for is no first one: a job is begun', async () => {
  const agent = agentWith('failed', 'completed', 'cancelled')
  expect((await beginningOnce()('shop', agent)).id).toBe('new-1')
})

test.each(['waiting', 'delayed', 'active'] as const)('a job that is %s is followed', async state => {
  const agent = agentWith('failed', state)
  expect((await beginningOnce()('shop', agent)).id).toBe('former-1')
  expect(agent.started).toBe(0)
})

test('where the answer was lost, the job that was begun all the same is found at once', async () => {
  const agent = agentWith('completed')
  agent.losesAnswers = true
  expect((await beginningOnce()('shop', agent)).id).toBe('new-1')
  expect(agent.started).toBe(1)
})

test('asked again after it did well unseen, it is not begun again; after it failed, it is', async () => {
  const agent = agentWith('completed')
  const { start } = agent
  const begin = beginningOnce()
  agent.start = async () => {
    agent.isSilent = true
    agent.losesAnswers = true
    return await start()
  }
  await expect(begin('shop', agent)).rejects.toMatchObject({ code: 'outcome_unknown' })
  await expect(begin('shop', agent)).rejects.toMatchObject({ code: 'offline' })
  expect(agent.started).toBe(1)
  Object.assign(agent, { start, isSilent: false, losesAnswers: false })
  agent.jobs[0] = jobOf('new-1', 'completed')
  expect((await begin('shop', agent)).id).toBe('new-1')
  agent.jobs[0] = jobOf('new-1', 'failed')
  expect((await begin('shop', agent)).id).toBe('new-2')
})

test('a refusal is told, and what is begun for one says nothing of another', async () => {
  const agent = agentWith()
  const begin = beginningOnce()
  const refusing = {
    ...agent,
    start: () => Promise.reject(new ApiError('payment_required', 402, 'Buy credit.')),
  }
  await expect(begin('shop', refusing)).rejects.toMatchObject({ code: 'payment_required' })
  const other = agentWith('completed')
  expect((await begin('crm', other)).id).toBe('new-1')
})
