-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "instance_state" AS ENUM ('pending', 'approved', 'revoked');

-- CreateEnum
CREATE TYPE "purpose" AS ENUM ('backup', 'restore', 'rotate');

-- CreateEnum
CREATE TYPE "notice_type" AS ENUM ('insufficient_credits', 'forecast_insufficient_credits', 'other');

-- CreateEnum
CREATE TYPE "payment_state" AS ENUM ('authorising', 'authorised', 'captured', 'refused');

-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "folder" TEXT NOT NULL,
    "email" TEXT,
    "display_name" TEXT,
    "payment_token" TEXT NOT NULL,
    "suspended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "instance" (
    "id" UUID NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "state" "instance_state" NOT NULL DEFAULT 'pending',
    "account_id" UUID,
    "purposes" "purpose"[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "approved_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_seen_at" TIMESTAMPTZ(3),

    CONSTRAINT "instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "instance_origin" (
    "instance_id" UUID NOT NULL,
    "origin" TEXT NOT NULL,
    "approved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "instance_origin_pkey" PRIMARY KEY ("instance_id","origin")
);

-- CreateTable
CREATE TABLE "login_request" (
    "id" TEXT NOT NULL,
    "instance_id" UUID NOT NULL,
    "redirect" TEXT,
    "origin" TEXT,
    "address" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "denied_until" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "login_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "login_state" (
    "id_hash" BYTEA NOT NULL,
    "provider" TEXT NOT NULL,
    "browser_hash" BYTEA NOT NULL,
    "code_verifier" TEXT,
    "login_request_id" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_state_pkey" PRIMARY KEY ("id_hash")
);

-- CreateTable
CREATE TABLE "consent" (
    "id_hash" BYTEA NOT NULL,
    "browser_hash" BYTEA NOT NULL,
    "login_request_id" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("id_hash")
);

-- CreateTable
CREATE TABLE "binding_code" (
    "code_hash" BYTEA NOT NULL,
    "instance_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "redirect" TEXT,
    "origin" TEXT,
    "purposes" "purpose"[],
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "binding_code_pkey" PRIMARY KEY ("code_hash")
);

-- CreateTable
CREATE TABLE "session" (
    "id_hash" BYTEA NOT NULL,
    "account_id" UUID NOT NULL,
    "authenticated_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id_hash")
);

-- CreateTable
CREATE TABLE "recharge_link" (
    "id_hash" BYTEA NOT NULL,
    "account_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "recharge_link_pkey" PRIMARY KEY ("id_hash")
);

-- CreateTable
CREATE TABLE "notice" (
    "id" BIGSERIAL NOT NULL,
    "account_id" UUID NOT NULL,
    "type" "notice_type" NOT NULL,
    "message" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "monthly_payment" (
    "account_id" UUID NOT NULL,
    "month" TEXT NOT NULL,
    "state" "payment_state" NOT NULL,
    "transaction_token" TEXT,
    "attempted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "monthly_payment_pkey" PRIMARY KEY ("account_id","month")
);

-- CreateIndex
CREATE UNIQUE INDEX "account_folder_key" ON "account"("folder");

-- CreateIndex
CREATE UNIQUE INDEX "account_payment_token_key" ON "account"("payment_token");

-- CreateIndex
CREATE UNIQUE INDEX "account_provider_subject_key" ON "account"("provider", "subject");

-- CreateIndex
CREATE INDEX "instance_account_id_idx" ON "instance"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "instance_key_hash_key_id_key" ON "instance"("key_hash", "key_id");

-- CreateIndex
CREATE INDEX "login_request_instance_id_idx" ON "login_request"("instance_id");

-- CreateIndex
CREATE INDEX "login_request_address_expires_at_idx" ON "login_request"("address", "expires_at");

-- CreateIndex
CREATE INDEX "login_request_expires_at_idx" ON "login_request"("expires_at");

-- CreateIndex
CREATE INDEX "login_state_expires_at_idx" ON "login_state"("expires_at");

-- CreateIndex
CREATE INDEX "consent_expires_at_idx" ON "consent"("expires_at");

-- CreateIndex
CREATE INDEX "binding_code_expires_at_idx" ON "binding_code"("expires_at");

-- CreateIndex
CREATE INDEX "session_account_id_idx" ON "session"("account_id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE INDEX "recharge_link_expires_at_idx" ON "recharge_link"("expires_at");

-- CreateIndex
CREATE INDEX "notice_account_id_id_idx" ON "notice"("account_id", "id");

-- AddForeignKey
ALTER TABLE "instance" ADD CONSTRAINT "instance_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "instance_origin" ADD CONSTRAINT "instance_origin_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login_request" ADD CONSTRAINT "login_request_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login_state" ADD CONSTRAINT "login_state_login_request_id_fkey" FOREIGN KEY ("login_request_id") REFERENCES "login_request"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_login_request_id_fkey" FOREIGN KEY ("login_request_id") REFERENCES "login_request"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "binding_code" ADD CONSTRAINT "binding_code_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "binding_code" ADD CONSTRAINT "binding_code_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recharge_link" ADD CONSTRAINT "recharge_link_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notice" ADD CONSTRAINT "notice_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "monthly_payment" ADD CONSTRAINT "monthly_payment_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
