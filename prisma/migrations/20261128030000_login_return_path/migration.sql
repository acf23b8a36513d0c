-- The page that a log-in leads an operator back to.
ALTER TABLE "login_state" ADD COLUMN     "return_path" TEXT;
