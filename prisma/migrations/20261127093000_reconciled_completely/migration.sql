-- What the last comparison of a restored database's books left open; billing goes on once that is nothing.
ALTER TABLE "billing_control" ADD COLUMN     "reconciled_left" JSONB;
