export { FRAMES, type Frame } from './frames.ts'
export {
  type DatedBackup,
  type GoReason,
  type KeepReason,
  type Limit,
  planRetention,
  type RetentionPlan,
  type RetentionRequest,
  type RetentionRules,
} from './plan-retention.ts'
