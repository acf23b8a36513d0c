import { Router } from 'express'
import { z } from 'zod'
import { FaultOrder, type Faults } from './faults.ts'
import { accountKey, type IapLedger } from './iap-ledger.ts'
import { type Store, USUAL_PASSWORD } from './state.ts'

const NewUser = z.object({
  id: z.number().int().positive(),
  login: z.string(),
  password: z.string().default(USUAL_PASSWORD),
  name: z.string().optional(),
  email: z.string().optional(),
})

/**
 * What tests ask of the stand-in, below `/sandbox/`, in JSON:
 * `GET|POST clock {advanceSeconds}`, `POST users`, `PUT accounts/TOKEN {balance}`, `GET accounts/TOKEN`,
 * `PUT trials/DBUUID {credits}`, `PUT cancel-after-capture {answer}`,
 * `PUT held-in-balance {is}`, `POST faults`, `DELETE faults`.
 */
export function adminRoutes(store: Store, ledger: IapLedger, faults: Faults): Router {
  const router = Router()
  router.use((request, _response, next) => {
    request.body = JSON.parse(request.body || '{}')
    next()
  })

  router.get('/clock', (_request, response) => {
    response.json({ now: new Date(store.now()).toISOString() })
  })
  router.post('/clock', (request, response) => {
    store.state.clockAheadMilliseconds +=
      z.object({ advanceSeconds: z.number() }).parse(request.body).advanceSeconds * 1_000
    store.save()
    response.json({ now: new Date(store.now()).toISOString() })
  })

  router.post('/users', (request, response) => {
    const { name, email, ...user } = NewUser.parse(request.body)
    store.state.users = store.state.users.filter(each => each.id !== user.id && each.login !== user.login)
    store.state.users.push({ ...user, name: name ?? user.login, email: email ?? user.login })
    store.save()
    response.status(201).json({ id: user.id, login: user.login, password: user.password })
  })

  router.put('/accounts/:token', (request, response) => {
    const account = accountKey(request.params.token)
    const { balance } = z.object({ balance: z.number() }).parse(request.body)
    store.state.accounts[account] = { warningThreshold: 0, balance }
    store.save()
    response.json({ balance, available: ledger.available(account) })
  })
  router.get('/accounts/:token', (request, response) => {
    const account = accountKey(request.params.token)
    const holds = Object.entries(store.state.holds)
      .filter(([, hold]) => hold.account === account)
      .map(([token, { serviceKey: _secret, ...hold }]) => ({ token, ...hold }))
    const known = store.state.accounts[account]
    response.json({
      registered: known !== undefined,
      balance: known?.balance ?? 0,
      available: ledger.available(account),
      holds,
    })
  })
  router.put('/trials/:dbuuid', (request, response) => {
    store.state.trialCredits[request.params.dbuuid] = z
      .object({ credits: z.number() })
      .parse(request.body).credits
    store.save()
    response.json({})
  })

  router.put('/cancel-after-capture', (request, response) => {
    const { answer } = z.object({ answer: z.enum(['refused', 'ignored']) }).parse(request.body)
    store.state.cancelAfterCapture = answer
    store.save()
    response.json({ answer })
  })

  router.put('/held-in-balance', (request, response) => {
    const { is } = z.object({ is: z.enum(['counted', 'left out']) }).parse(request.body)
    store.state.heldInBalance = is
    store.save()
    response.json({ is })
  })

  router.post('/faults', (request, response) => {
    faults.order(FaultOrder.parse(request.body))
    response.status(201).json({})
  })
  router.delete('/faults', (_request, response) => {
    faults.clear()
    response.json({})
  })
  return router
}
