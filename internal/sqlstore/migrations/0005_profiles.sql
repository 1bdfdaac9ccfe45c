-- What people tell of themselves, and to whom.
ALTER TABLE account ADD COLUMN avatar TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN gender TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN website TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN github TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN about_for TEXT NOT NULL DEFAULT 'friends';
ALTER TABLE account ADD COLUMN gender_for TEXT NOT NULL DEFAULT 'friends';
ALTER TABLE account ADD COLUMN place_for TEXT NOT NULL DEFAULT 'friends';
ALTER TABLE account ADD COLUMN website_for TEXT NOT NULL DEFAULT 'friends';
ALTER TABLE account ADD COLUMN github_for TEXT NOT NULL DEFAULT 'friends';
ALTER TABLE account ADD COLUMN email_for TEXT NOT NULL DEFAULT 'nobody';
CREATE INDEX account_avatar ON account (avatar) WHERE avatar <> '';

-- A new address that waits until both mailboxes have agreed.
CREATE TABLE email_change (
    account_id     BIGINT NOT NULL PRIMARY KEY,
    email          TEXT NOT NULL,
    proved         BOOLEAN NOT NULL,
    approved       BOOLEAN NOT NULL,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL
){clustered};

-- User names of deleted accounts, which nobody else gets for a while.
CREATE TABLE retired_username (
    username_key   TEXT NOT NULL PRIMARY KEY,
    expires_at     BIGINT NOT NULL
){clustered};
