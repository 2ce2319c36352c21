create table contact (
    property text not null references property (id),
    id text not null,
    name text not null,
    -- first address, as shown; all of them are in contact_address
    email text not null,
    created_at bigint not null,
    -- since when mail to it comes back
    undeliverable_at bigint,
    primary key (property, id)
);

create table contact_address (
    property text not null,
    email text not null,
    contact text not null,
    primary key (property, email),
    foreign key (property, contact) references contact (property, id)
);
create index contact_address_contact on contact_address (property, contact);

-- One row per line of the Inbox, denormalised so that the list is one indexed query.
create table conversation (
    property text not null references property (id),
    id text not null,
    kind text not null,
    number bigint,
    subject text not null,
    contact text not null,
    preview text not null,
    -- the agent who wrote the last message, if one did
    preview_by text,
    status text not null,
    snoozed_until bigint,
    -- 1 lowest to 5 highest
    priority bigint not null,
    -- `nobody`, `agent:ID`, `department:ID`
    assignee text not null,
    -- tags as a JSON array, sorted; conversation_tag has them to search by
    tags text not null,
    folder text not null,
    attachments bigint not null,
    last_at bigint not null,
    -- since when the customer waits for us; the largest number when they do not, so that it sorts last
    waiting_at bigint not null,
    missed_at bigint,
    -- the chat it was made from
    origin text,
    -- the closed ticket it follows
    follows text,
    created_at bigint not null,
    -- number of the last event that changed it
    seq bigint not null,
    primary key (property, id),
    foreign key (property, contact) references contact (property, id)
);
-- A reply address names a ticket by its id alone.
create unique index conversation_id_key on conversation (id);
create unique index conversation_number_key on conversation (property, number);
create index conversation_contact on conversation (property, contact, created_at);
-- The orders of the Inbox, without and with the most common filters before them.
create index conversation_newest on conversation (property, folder, last_at, id);
create index conversation_status on conversation (property, folder, status, last_at, id);
create index conversation_kind on conversation (property, folder, kind, status, last_at, id);
create index conversation_assignee on conversation (property, folder, assignee, status, last_at, id);
create index conversation_rank on conversation (property, folder, priority, status, last_at, id);
create index conversation_waiting on conversation (property, folder, status, waiting_at, id);
create index conversation_priority on conversation (property, folder, status, priority, last_at, id);
create index conversation_snoozed on conversation (snoozed_until);

create table conversation_tag (
    property text not null,
    tag text not null,
    conversation text not null,
    -- the conversation's last_at, so that a tag's newest are found without sorting
    last_at bigint not null,
    primary key (property, tag, conversation),
    foreign key (property, conversation) references conversation (property, id) on delete cascade
);
create index conversation_tag_newest on conversation_tag (property, tag, last_at, conversation);
create index conversation_tag_conversation on conversation_tag (property, conversation);

-- How many lines each counter of the side bar has, changed in the transaction that changes a line.
create table tally (
    property text not null references property (id),
    facet text not null,
    n bigint not null,
    primary key (property, facet)
);

-- Next ticket number of a property.
create table ticket_number (
    property text primary key references property (id),
    next bigint not null
);

create table participant (
    property text not null,
    conversation text not null,
    email text not null,
    name text not null,
    -- `requester` or `cc`
    part text not null,
    -- messages before this event are never mailed to them
    since bigint not null,
    primary key (property, conversation, email),
    foreign key (property, conversation) references conversation (property, id) on delete cascade
);

create table message (
    property text not null,
    id text not null,
    conversation text not null,
    -- number of the event that brought it
    seq bigint not null,
    -- place among the messages of the same event
    place bigint not null,
    kind text not null,
    -- author as JSON
    author text not null,
    channel text not null,
    at bigint not null,
    -- until when its author can take it back
    held_until bigint,
    body text not null,
    quoted text,
    -- sanitised HTML of a mail; the version of the sanitiser that wrote it
    html text,
    html_version bigint,
    -- what happened, as JSON
    happened text,
    mark text,
    -- RFC 5322 Message-ID of the mail it came as, without angle brackets
    mail_id text,
    letter_in text,
    -- addresses of To and Cc of the mail it came as, as JSON: they have it already
    reached text,
    primary key (property, id),
    foreign key (property, conversation) references conversation (property, id) on delete cascade
);
create index message_conversation on message (property, conversation, seq, place);
create unique index message_mail_key on message (property, mail_id);

-- Message-IDs by which answers find their conversation: ours, theirs, and those a relay put in place of ours.
create table mail_id (
    property text not null,
    mail_id text not null,
    conversation text not null,
    message text,
    primary key (property, mail_id),
    foreign key (property, conversation) references conversation (property, id) on delete cascade
);

-- Contents by their SHA-256: small ones here, large ones in files beside the database (`inline_bytes` null).
create table blob (
    sha256 text primary key,
    size bigint not null,
    inline_bytes blob,
    created_at bigint not null
);

create table attachment (
    property text not null references property (id),
    id text not null,
    -- none until its message is sent
    message text,
    -- the agent who uploaded it, if one did
    uploaded_by text,
    name text not null,
    media_type text not null,
    size bigint not null,
    sha256 text not null references blob (sha256),
    -- Content-ID of a picture inside the text
    cid text,
    inline_at bigint,
    place bigint not null,
    created_at bigint not null,
    primary key (property, id),
    foreign key (property, message) references message (property, id) on delete cascade
);
create index attachment_message on attachment (property, message, place);

create table read_mark (
    property text not null,
    agent text not null,
    conversation text not null,
    read_at bigint not null,
    primary key (property, conversation, agent),
    foreign key (property, conversation) references conversation (property, id) on delete cascade
);

create table draft (
    property text not null,
    agent text not null,
    -- `ticket`, `reply:ID`, `note:ID`
    place text not null,
    body text not null,
    saved_at bigint not null,
    primary key (property, agent, place),
    foreign key (property, agent) references membership (property, agent)
);
