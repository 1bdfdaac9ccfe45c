CREATE TABLE feedback (
    id              BIGINT NOT NULL PRIMARY KEY,
    kind            TEXT NOT NULL,
    author_id       BIGINT NOT NULL,
    body            TEXT NOT NULL,
    picture         TEXT NOT NULL,
    account_id      BIGINT NOT NULL, -- what a report is about; 0: nothing
    conversation_id BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    quote           TEXT NOT NULL,
    state           TEXT NOT NULL,
    answer          TEXT NOT NULL,
    answered_by     BIGINT NOT NULL,
    answered_at     BIGINT NOT NULL,
    created_at      BIGINT NOT NULL
){clustered};
CREATE INDEX feedback_author ON feedback (author_id, id);
CREATE INDEX feedback_state ON feedback (state, id);
