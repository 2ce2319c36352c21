-- How agents notice: what they want to hear of, the browsers that are told while no page is open, and what is owed to those.

create table notify_setting (
    agent text primary key references agent (id),
    -- as JSON; what is missing has its default
    settings text not null
);

-- A browser that is told through its push service. It goes with the session it was made in: whoever signs out is told no more.
create table push_subscription (
    id text primary key,
    agent text not null references agent (id),
    session text not null references session (id) on delete cascade,
    -- address at the push service
    endpoint text not null,
    -- its public key and its secret, base64url
    p256dh text not null,
    auth text not null,
    created_at bigint not null,
    -- what became of the last push, when, and why not
    state text not null,
    state_at bigint not null,
    why text not null
);
create unique index push_subscription_endpoint_key on push_subscription (endpoint);
create index push_subscription_agent on push_subscription (agent);
create index push_subscription_session on push_subscription (session);

-- The outbox of pushes: one row per browser and conversation, written in one transaction with the reader's cursor. A later push
-- takes the place of one that still waits; a row that was sent stays for a while, to hold the next one back.
create table push_out (
    subscription text not null references push_subscription (id) on delete cascade,
    -- the conversation, or `test`
    tag text not null,
    property text not null,
    reason text not null,
    -- title and words as JSON
    note text not null,
    -- when it happened
    at bigint not null,
    -- not before this moment; none when nothing is owed
    next_at bigint,
    attempts bigint not null,
    sent_at bigint not null,
    primary key (subscription, tag)
);
create index push_out_due on push_out (next_at);
create index push_out_at on push_out (at);
