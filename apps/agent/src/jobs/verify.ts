import type { JobDependencies, JobRun } from './context.ts'
import type { JobOutcome, VerifyJob } from './job-data.ts'
export async function runVerify(_: JobDependencies, run: JobRun<VerifyJob>): Promise<JobOutcome> {
  throw new Error(run.data.kind)
}
