//! A world of many conversations in seconds: a small one as `recado seed` makes it, copied within the database, and the mails and
//! letters of it.

use model::{AgentId, ConversationId, DepartmentId, agent::Role};
use sqlx::{AssertSqlSafe, Row as _};

use crate::common::{Base, Ground, PASSWORD, browser};

/// How often the small world is copied, unless the environment says otherwise.
const COPIES: i64 = 9;

/// Each chat is a visitor's.
const CHATS: [&str; 2] = [
    "insert into visitor (property, id, token, contact, name, email, phone, attributes, tags, language, browser, address, created_at, seen_at, expires_at) \
     select property, id, id, contact, '', '', '', '{}', '[]', 'en', '', '', created_at, created_at, created_at from conversation where kind = 'chat' on conflict do nothing",
    "insert into chat (property, conversation, visitor, page, referrer, answers, comment, answered_at) \
     select property, id, id, '', '', '[]', '', created_at from conversation where kind = 'chat' on conflict do nothing",
];

/// As many visits as conversations, each with a page and words, and a trigger that ran for each.
const VISITS: [&str; 7] = [
    "insert into visit (property, id, page, referrer, browser, language, address, earlier, pages, started_at, page_at, seen_at, carried) \
     select property, id, 'https://acme.test/', '', '', '', substr(id, 20), 0, 1, created_at, created_at, created_at, '{}' from conversation",
    "insert into visit_load (property, id, visit, page) select property, id, id, page from visit",
    "insert into visit_page (property, visit, n, page, at) select property, id, 1, page, started_at from visit where true on conflict do nothing",
    "insert into visit_word (property, id, visit, author, body, at, told_at) select property, id, id, '{\"who\":\"system\"}', 'Hello', started_at, started_at from visit",
    "insert into trigger (property, id, place, settings, off_at, ran) \
     select property, min(id), 0, '{\"name\":\"Hello\",\"kind\":\"any_page\",\"after\":0,\"rule\":{},\"actions\":[],\"pause\":null}', 0, 0 from visit group by property",
    "insert into trigger_run (property, trigger, who, at) select v.property, t.id, 'visit:' || v.id, v.started_at from visit v join trigger t on t.property = v.property",
    "insert into trigger_due (property, conversation, trigger, due_at) \
     select h.property, h.conversation, t.id, 9000000000000000000 from chat h join trigger t on t.property = h.property",
];

/// What the walk needs to know of it.
pub struct World {
    /// The admin's session.
    pub token: String,
    /// Somebody's who may be limited, and who it is.
    pub limited: (String, AgentId),
    /// Somebody with many conversations.
    pub agent: AgentId,
    pub department: DepartmentId,
    /// An open ticket, and its number.
    pub ticket: ConversationId,
    pub number: i64,
    /// Its customer.
    pub customer: String,
    /// A Message-ID in it.
    pub mail_id: String,
}

/// Makes it.
pub async fn make(ground: &Ground) -> World {
    let copies = std::env::var("RECADO_TEST_COPIES").ok().and_then(|copies| copies.parse().ok()).unwrap_or(COPIES);
    ground.seed(1_800, 200, PASSWORD).await.expect("a small world");
    let codes: Vec<String> = (1..=copies).map(|n| format!("({n}, '{n:06}')")).collect();
    let mut statements = vec![
        "create table copy (n bigint not null, code text not null)".to_owned(),
        format!("insert into copy (n, code) values {}", codes.join(", ")),
    ];
    statements.extend(COPY.map(ToOwned::to_owned));
    statements.extend(CHATS.map(ToOwned::to_owned));
    statements.extend(VISITS.map(ToOwned::to_owned));
    for more in MAILS {
        statements.push(more.to_owned());
    }
    // SQLite's words have no columns that could be copied; it plans without looking at them
    let words = if ground.base == Base::Postgres { ", words" } else { "" };
    statements.push(format!(
        "insert into search_doc (n, property, conversation, size{words}) select d.n + c.n * 100000, d.property, substr(d.conversation, 1, 19) || c.code, d.size{words} \
         from search_doc d cross join copy c"
    ));
    statements.push("update search_number set next = (select max(n) + 1 from search_doc)".into());
    if ground.base == Base::Postgres {
        // or it would look up what rows refer to as it did while there was nothing
        statements = statements.into_iter().flat_map(|statement| [statement, "analyze".into()]).collect();
    }
    for statement in statements {
        let done = ground
            .db()
            .write(move |tx| Box::pin(async move { Ok(sqlx::query(AssertSqlSafe(statement)).execute(tx.conn()).await.map(drop)?) }));
        done.await.expect("copied");
    }
    let row = sqlx::query(
        "select c.id, c.number, k.email, (select m.mail_id from mail_id m where m.property = c.property and m.conversation = c.id limit 1) as mail_id from conversation c join contact k on k.property = c.property and k.id = c.contact \
         where c.kind = 'ticket' and c.folder = 'inbox' and c.status = 'open' order by c.id limit 1",
    )
    .fetch_one(ground.db().read())
    .await
    .expect("a ticket");
    let token = ground.sign_in("marta@aurora.example", PASSWORD, browser()).await.expect("signed in");
    let marta = ground.agent(&token).await.expect("Marta");
    let (lena, session) = ground.hire(&marta, "Lena Reis", "lena@aurora.example", Role::Agent).await;
    World {
        token,
        limited: (session, lena.id().clone()),
        agent: ground.text("select agent from membership where role = 'agent' order by agent limit 1").await.parse().expect("an agent"),
        department: ground.text("select id from department order by name limit 1").await.parse().expect("a department"),
        ticket: row.get::<&str, _>("id").parse().expect("an id"),
        number: row.get("number"),
        customer: row.get("email"),
        mail_id: row.get("mail_id"),
    }
}

/// Each row again for each copy, under ids that differ in their last characters.
const COPY: [&str; 25] = [
    "insert into organisation (property, id, name, name_as, created_at, changed_at) \
     select property, substr(id, 1, 19) || code, name || code, name_as || code, created_at, changed_at from organisation cross join copy",
    "insert into organisation_domain (property, domain, organisation) select property, id || '.example', id from organisation",
    "insert into contact (property, id, name, email, created_at, organisation, phones, last_at, sorted_as, organisation_as, phone_digits, tags, attributes, index_version) \
     select property, substr(id, 1, 19) || code, name, code || email, created_at, substr(organisation, 1, 19) || code, phones, last_at - n, sorted_as, organisation_as, phone_digits, tags, attributes, index_version from contact cross join copy",
    "insert into contact_note (property, id, contact, author, body, at) \
     select property, substr(id, 1, 19) || code, substr(contact, 1, 19) || code, author, body, at from contact_note cross join copy",
    "insert into contact_word (property, contact, word) select property, substr(contact, 1, 19) || code, word from contact_word cross join copy",
    "insert into contact_note_word (property, word, note) select n.property, w.word, n.id from contact_note n join contact_word w on w.property = n.property and w.contact = n.contact where true on conflict do nothing",
    "insert into contact_tag (property, tag, contact) select property, tag, substr(contact, 1, 19) || code from contact_tag cross join copy",
    "insert into contact_attribute (property, contact, name_as, value_as, name) \
     select property, substr(contact, 1, 19) || code, name_as, value_as, name from contact_attribute cross join copy",
    "insert into contact_sign (property, sign, contact) select property, 'name:' || sorted_as, id from contact",
    "insert into contact_twin (property, a, b, why, found_at, dismissed_at) \
     select k.property, k.id, substr(k.id, 1, 19) || c.code, '[]', k.created_at, case when k.created_at > 0 then 1 end \
     from contact k cross join copy c where c.n = 1 and k.id <> substr(k.id, 1, 19) || c.code",
    "insert into contact_merge (property, id, stays, goes, kept, author, at, undone_at) select property, id, id, id, '{}', '{}', created_at, 1 from contact",
    "insert into contact_merge_part (property, merge, kind, id) select property, id, 'note', id from contact_merge",
    "insert into contact_address (property, email, contact) select property, code || email, substr(contact, 1, 19) || code from contact_address cross join copy",
    "insert into conversation (property, id, kind, channel, number, subject, contact, preview, preview_by, status, priority, assignee, tags, folder, attachments, last_at, waiting_at, missed_at, created_at, seq) \
     select property, substr(id, 1, 19) || code, kind, channel, number + n * 100000, subject, substr(contact, 1, 19) || code, preview, preview_by, status, priority, assignee, tags, folder, attachments, \
     last_at - n, case when waiting_at = 9223372036854775807 then waiting_at else waiting_at - n end, missed_at, created_at - n, seq from conversation cross join copy",
    "insert into conversation_tag (property, tag, conversation, folder, status, priority, last_at, waiting_at) \
     select property, tag, substr(conversation, 1, 19) || code, folder, status, priority, last_at - n, case when waiting_at = 9223372036854775807 then waiting_at else waiting_at - n end \
     from conversation_tag cross join copy",
    "insert into follower (property, agent, conversation) \
     select c.property, m.agent, c.id from conversation c join membership m on m.property = c.property and m.role = 'agent' where c.kind = 'chat' and substr(c.id, 20) = '000001'",
    "insert into dead_address (property, email, since_at) select property, id || '@gone.example', created_at from contact",
    "insert into participant (property, conversation, email, name, part, since) \
     select property, substr(conversation, 1, 19) || code, code || email, name, part, since from participant cross join copy",
    "insert into message (property, id, conversation, seq, place, kind, author, channel, at, body, happened, mail_id, contact) \
     select property, substr(id, 1, 19) || code, substr(conversation, 1, 19) || code, seq, place, kind, author, channel, at - n, body, happened, id || code || '@mail.test', substr(contact, 1, 19) || code from message cross join copy",
    "insert into read_mark (property, agent, conversation, read_at) select property, agent, substr(conversation, 1, 19) || code, read_at from read_mark cross join copy",
    "insert into event (property, seq, at, what, conversation, audience, body) \
     select e.property, e.seq + c.n * h.seq, e.at, e.what, e.conversation, e.audience, e.body from event e join log_head h on h.property = e.property cross join copy c",
    "insert into report_fact (property, conversation, zone, body) select property, substr(conversation, 1, 19) || code, zone, body from report_fact cross join copy",
    "update log_head set seq = (select max(e.seq) from event e where e.property = log_head.property)",
    "update reader_cursor set seq = (select h.seq from log_head h where h.property = reader_cursor.property)",
    "update tally set n = n * (select count(*) + 1 from copy)",
];

/// Mails and letters about what was said; and an act of somebody on everything, done long ago.
const MAILS: [&str; 9] = [
    "insert into mail_id (property, mail_id, conversation, message) select property, id || '@mail.test', conversation, id from message where kind = 'said'",
    "insert into blob (sha256, size, inline_bytes, created_at) values ('none', 0, null, 0)",
    "insert into blob (sha256, size, inline_bytes, created_at) select id, 0, null, 0 from message where kind = 'said' and substr(id, 20, 1) < 'i'",
    "insert into letter_in (id, raw, size, mail_from, rcpt_to, helo, peer, received_at, status, property, conversation, message, subject, header_from, class, attempts, leased_until) \
     select id, id, 0, 'a@example.com', '[\"b@example.com\"]', 'a', 'b', at, 'filed', property, conversation, id, 'About', 'a@example.com', 'human', 1, 0 from message where kind = 'said' and substr(id, 20, 1) < 'i'",
    "insert into letter_out (id, property, conversation, message, kind, recipient, domain, subject, mail_id, letter, status, attempts, created_at, next_at, until_at, leased_until, sent_at) \
     select id, property, conversation, id, 'reply', substr(id, 10, 4) || '@example.com', 'example.com', 'About', id || '@ours', '{}', case when substr(id, 20, 1) < 'h' then 'kept' else 'sent' end, 1, at, at, at, 0, at \
     from message where kind = 'said' and substr(id, 20, 1) > 'c'",
    "insert into attachment (property, id, message, name, media_type, size, sha256, place, created_at) \
     select property, id, id, 'a.txt', 'text/plain', 0, 'none', 0, at from message where kind = 'said' and substr(id, 20, 1) = '7'",
    "insert into batch (property, id, agent, change, stage, total, created_at, moved_at) select id, id, 'somebody', '{}', 'done', 1, 0, 9000000000000000000 from property",
    "insert into batch_line (property, batch, conversation, state) select property, property, id, 'same' from conversation",
    "insert into audit (property, n, at, agent, name, area, act, subject, before, after, address, hash) \
     select c.property, c.number + 100000, c.created_at, m.agent, '', 'deletion', 'deleted', '', '', '', '', '' from conversation c \
     join membership m on m.property = c.property and m.role = 'admin' where c.number is not null",
];
