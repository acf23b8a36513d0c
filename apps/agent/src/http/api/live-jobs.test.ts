import { describe, expect, test } from '@jest/globals'
import { useAgentApi } from '../../../../../test/fixtures/agent-api.ts'
import { AgentError } from '../../errors.ts'

const api = useAgentApi()

describe('jobs live', () => {
  test('a job is told at each change and its end is told', async () => {
    const id = await api.fixture.agent.startBackup({ database: 'shop' })
    const answer = await api
      .call('get', `/jobs/${id}/events`, api.tokens.look)
      .buffer(true)
      .parse((response, done) => {
        let text = ''
        response.on('data', chunk => {
          text += chunk
        })
        response.on('end', () => done(null, text))
      })
    expect(answer.headers['content-type']).toContain('text/event-stream')
    expect(answer.headers['x-accel-buffering']).toBe('no')
    const events = String(answer.body).trim().split('\n\n')
    expect(events[0]).toMatch(/^event: job\ndata: \{/)
    expect(JSON.parse(events[0]?.split('data: ')[1] ?? '')).toMatchObject({ id, state: 'completed' })
    expect(events.at(-1)).toBe('event: end\ndata: {}')
  })

  test('all jobs: those that have not ended to begin with, then whatever changes', async () => {
    await api.fixture.agent.startBackup({ database: 'shop' })
    api.fixture.agent.outcome = { state: 'active' }
    const running = await api.fixture.agent.startBackup({ database: 'shop' })
    const foreign = await api.fixture.agent.startBackup({ database: 'crm' })
    const told: { id: string; state: string }[] = []
    const request = api.call('get', '/jobs/events', api.tokens.shopOnly)
    await request
      .buffer(true)
      .parse((response, done) => {
        let text = ''
        response.on('data', chunk => {
          text += chunk
          const events = text.split('\n\n')
          text = events.pop() ?? ''
          for (const event of events) {
            const { id, state } = JSON.parse(event.split('data: ')[1] ?? '')
            told.push({ id, state })
            if (state === 'active') void api.fixture.agent.cancel(running)
            else request.abort()
          }
        })
        response.on('close', () => done(null, ''))
      })
      .catch(() => undefined)
    expect(told).toEqual([
      { id: running, state: 'active' },
      { id: running, state: 'cancelled' },
    ])
    expect(told.map(({ id }) => id)).not.toContain(foreign)
  })

  test('a job has a log, for those alone who may see the job', async () => {
    const id = await api.fixture.agent.startBackup({ database: 'crm' })
    const { body } = await api.call('get', `/jobs/${id}/log`, api.tokens.look).expect(200)
    expect(body).toMatchObject({ lines: [{ text: 'The job begins.' }], full: false })
    await api.call('get', `/jobs/${id}/log`, api.tokens.shopOnly).expect(403)
    await api.call('get', '/jobs/none/log', api.tokens.look).expect(404)
  })

  test('a queue that is away is a problem, not an empty stream', async () => {
    api.fixture.agent.recentJobs = () => Promise.reject(new AgentError('queue_unreachable', 'No queue.'))
    await api.call('get', '/jobs/events', api.tokens.look).expect(503)
  })

  test('an unknown job is a problem, not an empty stream', async () => {
    const answer = await api.call('get', '/jobs/none/events', api.tokens.look).expect(404)
    expect(answer.body.code).toBe('job_unknown')
  })

  test('cancelling answers with the job', async () => {
    api.fixture.agent.outcome = { state: 'active' }
    const id = await api.fixture.agent.startBackup({ database: 'shop' })
    expect((await api.call('delete', `/jobs/${id}`, api.tokens.operate).expect(202)).body.state).toBe(
      'cancelled',
    )
  })
})
