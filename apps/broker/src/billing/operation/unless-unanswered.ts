import { PaymentError, type PaymentProvider, type PaymentProviders } from '../providers/payment-provider.ts'
import { NoneSucceeded } from './none-succeeded.ts'

/**
 * Does work through payment services, which goes on without their answers. A refusal is an answer.
 * @param work given the services, the calls of which are counted
 * @throws NoneSucceeded where they were asked and none of the calls was answered, caused by the last failure
 */
export async function unlessUnanswered<Result>(
  providers: PaymentProviders,
  work: (providers: PaymentProviders) => Promise<Result>,
): Promise<Result> {
  let [answered, unanswered, cause]: [number, number, unknown] = [0, 0, undefined]
  async function counted<Answer>(call: Promise<Answer>, isTold = (_: Answer) => true): Promise<Answer> {
    try {
      const answer = await call
      if (isTold(answer)) answered += 1
      else unanswered += 1
      return answer
    } catch (error) {
      if (isAnswer(error)) answered += 1
      else {
        unanswered += 1
        cause = error
      }
      throw error
    }
  }
  const watch = (provider: PaymentProvider): PaymentProvider => ({
    ...provider,
    authorize: hold => counted(provider.authorize(hold)),
    capture: (transaction, part) => counted(provider.capture(transaction, part)),
    cancel: transaction => counted(provider.cancel(transaction)),
    balance: payer => counted(provider.balance(payer), told => told !== undefined),
  })
  const result = await work(eachOf(providers, watch))
  if (unanswered > 0 && answered === 0)
    throw new NoneSucceeded('asking the payment service', unanswered, { cause })
  return result
}

function isAnswer(error: unknown): boolean {
  return error instanceof PaymentError && (error.code === 'refused' || error.code === 'insufficient_credit')
}

/** One that is both the current and the keeper is so still. */
function eachOf(
  { current, keeper, find }: PaymentProviders,
  watch: (provider: PaymentProvider) => PaymentProvider,
): PaymentProviders {
  const watched = new Map<PaymentProvider, PaymentProvider>()
  const of = (provider: PaymentProvider): PaymentProvider => {
    const known = watched.get(provider) ?? watch(provider)
    watched.set(provider, known)
    return known
  }
  return {
    current: of(current),
    keeper: keeper && of(keeper),
    find(name) {
      const found = find(name)
      return found && of(found)
    },
  }
}
