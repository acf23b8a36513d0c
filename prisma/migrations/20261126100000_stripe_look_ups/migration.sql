-- Refunds and disputes are looked up by the payment, purchases by their session.
CREATE INDEX "stripe_event_object" ON "stripe_event" ((body #>> '{data,object,id}'));
CREATE INDEX "stripe_event_payment" ON "stripe_event" ((body #>> '{data,object,payment_intent}')) WHERE NOT "applied";
