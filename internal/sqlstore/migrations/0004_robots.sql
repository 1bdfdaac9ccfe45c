-- Where a person is, for the times of reminders; empty: not known.
ALTER TABLE account ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';

-- Which account a robot of this program uses.
CREATE TABLE robot (
    name           TEXT NOT NULL PRIMARY KEY,
    account_id     BIGINT NOT NULL
){clustered};

-- What a robot has to remind somebody of.
CREATE TABLE reminder (
    id              BIGINT NOT NULL PRIMARY KEY,
    account_id      BIGINT NOT NULL, -- who is reminded
    conversation_id BIGINT NOT NULL, -- where
    body            TEXT NOT NULL,
    due_at          BIGINT NOT NULL,
    every           TEXT NOT NULL,   -- empty: once
    zone            TEXT NOT NULL,
    language        TEXT NOT NULL,
    created_at      BIGINT NOT NULL
){clustered};
CREATE INDEX reminder_due ON reminder (due_at);
CREATE INDEX reminder_account ON reminder (account_id, due_at);

-- How many answers of the endpoint somebody had on a day.
CREATE TABLE robot_use (
    account_id     BIGINT NOT NULL,
    day            TEXT NOT NULL, -- 2026-03-04, where the person is
    answers        BIGINT NOT NULL,
    PRIMARY KEY (account_id, day)
){clustered};
