-- What a paid message was credited with, by the price of its time; empty for those of earlier times.
ALTER TABLE "stripe_event" ADD COLUMN "credited" BIGINT;
