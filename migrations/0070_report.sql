-- What reports count, kept by a reader of the log.

-- The department a conversation was last given to: an agent who takes it does not take it out of its department's figures.
alter table conversation add column department text;
update conversation set department = substr(assignee, 12) where assignee like 'department:%';

-- What is counted of a conversation, and in which time zone its days were found. What lies in spam or trash has none.
create table report_fact (
    property text not null references property (id),
    conversation text not null,
    zone text not null,
    -- as JSON
    body text not null,
    primary key (property, conversation)
);
create index report_fact_zone on report_fact (property, zone, conversation);

-- The facts of a day added up: for the whole property, and for each agent, department, tag and channel.
create table report_day (
    property text not null references property (id),
    zone text not null,
    -- `all`, `agent`, `department`, `tag`, `channel`
    breakdown text not null,
    -- days since 1970-01-01, in that zone
    day bigint not null,
    -- which agent, department, tag or channel; empty for all, and for what has none
    part text not null,
    fresh bigint not null,
    solved bigint not null,
    answered bigint not null,
    missed bigint not null,
    good bigint not null,
    neutral bigint not null,
    bad bigint not null,
    -- how many took how long, `bucket:count` with commas between; buckets are the model's
    replies text not null,
    solutions text not null,
    -- how many began in which hour, in the same manner
    hours text not null,
    primary key (property, zone, breakdown, day, part)
);

-- Conversations that are to be counted anew. No reference: one that is gone is taken out of the sums by this as well.
create table report_due (
    property text not null references property (id),
    conversation text not null,
    primary key (property, conversation)
);
-- what there is already
insert into report_due (property, conversation) select property, id from conversation;
-- the reader of the log begins where that ends
insert into reader_cursor (reader, property, seq) select 'report', property, seq from log_head;
