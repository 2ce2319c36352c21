-- Live chat: visitors, what only a chat has, the widget's settings, and what keeps visitors in bounds.

-- what the agent chose to be for visitors: `online`, `away`, `invisible`
alter table membership add column presence text not null default 'online';

-- when the words were last changed
alter table message add column edited_at bigint;

-- The visitor who is told the event as well, `*` for every visitor of the property; none for agents alone. What a visitor
-- reads is found by this column, so that no query over a visitor's events can reach those of others.
alter table event add column visitor text;
create index event_visitor on event (property, visitor, seq);

-- the tickets of a chat
create index conversation_origin on conversation (property, origin);

create table widget (
    property text primary key references property (id),
    -- public: in the script's address on the customer's site
    key text not null,
    -- signs identities on the customer's server; never sent to a visitor
    secret text not null,
    -- as JSON; what is missing has its default
    settings text not null
);
create unique index widget_key on widget (key);

-- A browser on a customer's site.
create table visitor (
    property text not null references property (id),
    id text not null,
    -- SHA-256 of the browser's secret; none once it logged out
    token text,
    -- whom agents see; none before the first words
    contact text,
    name text not null,
    email text not null,
    phone text not null,
    -- what the site says of them, as JSON
    attributes text not null,
    -- tags that the site gives their chats, as JSON
    tags text not null,
    -- the site's own id of the person, and since when it vouches for them
    identity text,
    proven_at bigint,
    language text not null,
    browser text not null,
    address text not null,
    created_at bigint not null,
    seen_at bigint not null,
    -- since when no page of theirs is open, if it was said
    left_at bigint,
    expires_at bigint not null,
    primary key (property, id),
    foreign key (property, contact) references contact (property, id)
);
create unique index visitor_token_key on visitor (token);
create index visitor_contact on visitor (property, contact);

-- A signature of an identity counts for the first visitor who shows it.
create table identity_use (
    property text not null references property (id),
    -- SHA-256 of the signature
    signature text not null,
    visitor text not null,
    expires_at bigint not null,
    primary key (property, signature)
);
create index identity_use_expires on identity_use (expires_at);

-- What only a chat has; the rest is its line in `conversation`.
create table chat (
    property text not null,
    conversation text not null,
    visitor text not null,
    page text not null,
    referrer text not null,
    -- questions and answers before it, as JSON
    answers text not null,
    rating text,
    comment text not null,
    answered_at bigint,
    -- it is missed when nobody answered until then; none once that is decided
    miss_at bigint,
    missed_at bigint,
    rescued_at bigint,
    ended_at bigint,
    -- up to when the visitor has read it
    read_at bigint,
    primary key (property, conversation),
    foreign key (property, conversation) references conversation (property, id) on delete cascade,
    foreign key (property, visitor) references visitor (property, id)
);
create index chat_visitor on chat (property, visitor, conversation);
create index chat_miss on chat (miss_at);

create table chat_agent (
    property text not null,
    conversation text not null,
    agent text not null,
    -- as visitors see it: the name they came with
    name text not null,
    invited_at bigint,
    joined_at bigint,
    left_at bigint,
    primary key (property, conversation, agent),
    foreign key (property, conversation) references chat (property, conversation) on delete cascade
);

-- How often something was done since the window of time began.
create table allowance (
    -- `chat:address:..`, `say:visitor:..`
    who text primary key,
    began_at bigint not null,
    n bigint not null
);
create index allowance_began on allowance (began_at);

create table ban (
    property text not null references property (id),
    id text not null,
    -- who, as JSON: a visitor or a network
    who text not null,
    reason text not null,
    banned_by text not null,
    created_at bigint not null,
    -- none for good
    until_at bigint,
    primary key (property, id)
);

create table canned_response (
    property text not null references property (id),
    id text not null,
    -- `property`, `agent:ID`, `department:ID`
    scope text not null,
    shortcut text not null,
    body text not null,
    changed_at bigint not null,
    primary key (property, id)
);
create unique index canned_response_key on canned_response (property, scope, shortcut);
