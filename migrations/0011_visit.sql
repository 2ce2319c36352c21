-- Visitors on a customer's site, as beacons tell of them, and triggers. Nothing here is in the log: a page view is no event.

create table visit (
    property text not null references property (id),
    -- of the first page load
    id text not null,
    -- the browser, once its window was opened
    visitor text,
    -- the last chat begun in it
    chat text,
    page text not null,
    -- where they came from to the site, or empty
    referrer text not null,
    browser text not null,
    language text not null,
    address text not null,
    country text,
    -- visits before it, as far as the browser is known
    earlier bigint not null,
    pages bigint not null,
    started_at bigint not null,
    -- since when the page that is open is
    page_at bigint not null,
    -- at most a minute older than the truth while somebody is there
    seen_at bigint not null,
    -- since when nothing was moved, if nothing is
    idle_at bigint,
    -- what triggers decided for a chat to come, as JSON
    carried text not null,
    primary key (property, id)
);
create index visit_seen on visit (property, seen_at);
create index visit_address on visit (property, address, seen_at);
create index visit_visitor on visit (property, visitor, started_at);
create index visit_old on visit (seen_at);

-- Each load of a page has an id of its own, since nothing is kept between two: which visit it belongs to.
create table visit_load (
    property text not null,
    id text not null,
    visit text not null,
    -- what is open there now
    page text not null,
    primary key (property, id),
    foreign key (property, visit) references visit (property, id) on delete cascade
);
create index visit_load_visit on visit_load (property, visit);

create table visit_page (
    property text not null,
    visit text not null,
    -- 1, 2, 3
    n bigint not null,
    page text not null,
    at bigint not null,
    primary key (property, visit, n),
    foreign key (property, visit) references visit (property, id) on delete cascade
);

-- Words to somebody who has not written: of an agent or a trigger. They become the first ones of the chat that follows.
create table visit_word (
    property text not null,
    -- of the message it becomes
    id text not null,
    visit text not null,
    -- as JSON
    author text not null,
    trigger text,
    body text not null,
    -- whether the window opens by itself: since when
    open_at bigint,
    at bigint not null,
    -- when the page was told
    told_at bigint,
    -- where they stand now
    chat text,
    primary key (property, id),
    foreign key (property, visit) references visit (property, id) on delete cascade
);
create index visit_word_visit on visit_word (property, visit, at);

create table trigger (
    property text not null references property (id),
    id text not null,
    -- its place in the list
    place bigint not null,
    -- the rest, as JSON
    settings text not null,
    -- when it was switched off
    off_at bigint,
    ran bigint not null,
    ran_at bigint,
    primary key (property, id)
);

-- That a trigger ran for somebody: `visit:ID` or `visitor:ID`.
create table trigger_run (
    property text not null,
    trigger text not null,
    who text not null,
    at bigint not null,
    primary key (property, trigger, who),
    foreign key (property, trigger) references trigger (property, id) on delete cascade
);
create index trigger_run_at on trigger_run (at);

-- What waits to be done in a chat that no agent has come into.
create table trigger_due (
    property text not null,
    conversation text not null,
    trigger text not null,
    due_at bigint not null,
    primary key (property, conversation, trigger),
    foreign key (property, conversation) references chat (property, conversation) on delete cascade,
    foreign key (property, trigger) references trigger (property, id) on delete cascade
);
create index trigger_due_at on trigger_due (due_at);
create index trigger_due_trigger on trigger_due (property, trigger);
