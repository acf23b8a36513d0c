-- How the work by the clock goes, across all brokers: the queue itself soon forgets.
CREATE TABLE "scheduled_work" (
    "name" TEXT NOT NULL,
    "known_at" TIMESTAMPTZ(3) NOT NULL,
    "begun_at" TIMESTAMPTZ(3),
    "done_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "scheduled_work_pkey" PRIMARY KEY ("name")
);
