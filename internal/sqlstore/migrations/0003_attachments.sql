-- An attachment on its way. Those that ended stay for the time that they count
-- as somebody's uploads of the day.
CREATE TABLE upload (
    id             TEXT NOT NULL PRIMARY KEY,
    owner_id       BIGINT NOT NULL,
    name           TEXT NOT NULL,
    size           BIGINT NOT NULL,
    received       BIGINT NOT NULL,
    state          TEXT NOT NULL,
    attachment_id  TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL
){clustered};
CREATE INDEX upload_owner ON upload (owner_id, created_at);
CREATE INDEX upload_expiry ON upload (expires_at);

CREATE TABLE upload_part (
    upload_id      TEXT NOT NULL,
    first_byte     BIGINT NOT NULL,
    size           BIGINT NOT NULL,
    blob_key       TEXT NOT NULL,
    PRIMARY KEY (upload_id, first_byte)
){clustered};

-- Keys under which there may be something that nothing refers to: they are
-- written down before the blob is, and when it is of no use any more.
CREATE TABLE discarded_blob (
    blob_key       TEXT NOT NULL PRIMARY KEY,
    due_at         BIGINT NOT NULL,
    taken          BOOLEAN NOT NULL -- it is being removed
){clustered};
CREATE INDEX discarded_blob_due ON discarded_blob (due_at);

-- What one or several attachments hold.
CREATE TABLE content (
    id             BIGINT NOT NULL PRIMARY KEY,
    hash           TEXT NOT NULL UNIQUE,
    blob_key       TEXT NOT NULL,
    kind           TEXT NOT NULL,
    type           TEXT NOT NULL,
    size           BIGINT NOT NULL,
    width          BIGINT NOT NULL,
    height         BIGINT NOT NULL,
    placeholder    TEXT NOT NULL,
    animated       BOOLEAN NOT NULL,
    created_at     BIGINT NOT NULL
){clustered};

CREATE TABLE rendition (
    content_id     BIGINT NOT NULL,
    variant        TEXT NOT NULL,
    blob_key       TEXT NOT NULL,
    type           TEXT NOT NULL,
    size           BIGINT NOT NULL,
    PRIMARY KEY (content_id, variant)
){clustered};

CREATE TABLE attachment (
    id             TEXT NOT NULL PRIMARY KEY,
    owner_id       BIGINT NOT NULL,
    content_id     BIGINT NOT NULL,
    name           TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    review_at      BIGINT NOT NULL -- when to see whether it is used; 0: it was
){clustered};
CREATE INDEX attachment_content ON attachment (content_id);
CREATE INDEX attachment_review ON attachment (review_at) WHERE review_at <> 0;

CREATE TABLE message_attachment (
    conversation_id BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    place           BIGINT NOT NULL,
    attachment_id   TEXT NOT NULL,
    PRIMARY KEY (conversation_id, seq, place)
){clustered};
CREATE INDEX message_attachment_attachment ON message_attachment (attachment_id, conversation_id);

-- What besides messages holds attachments: avatars and the like.
CREATE TABLE attachment_use (
    attachment_id  TEXT NOT NULL,
    kind           TEXT NOT NULL, -- "table.column"
    holder_id      BIGINT NOT NULL,
    PRIMARY KEY (attachment_id, kind, holder_id)
){clustered};
CREATE INDEX attachment_use_holder ON attachment_use (kind, holder_id);
