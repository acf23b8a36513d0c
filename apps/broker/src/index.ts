export { type Broker, type BrokerDependencies, createBroker } from './broker.ts'
export { BrokerSettings } from './settings.ts'
