-- The registry notes that a witness outside of it was told how far the books had come: one that knows of no books any more
-- has forgotten it, or was rolled back together with them.
ALTER TABLE "billing_control" ADD COLUMN     "is_witnessed" BOOLEAN NOT NULL DEFAULT false;
