//! Questions that nobody should ask: each gets an answer, never a fault.

use model::search::{Asked, Order};

use crate::{common::JOANA, contract, search, settle, ticket};

contract!(hostile_questions_get_an_answer, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    ticket(marta, JOANA, "Order", "AND OR NOT NEAR(a b) *:A & | ! <-> 'x'", "").await;
    settle(&ground).await;
    let long = "a".repeat(10_000);
    let many = "word ".repeat(3_000);
    let operators = "tag:x ".repeat(2_000);
    for text in [
        "\"",
        "\"\"\"",
        "'",
        "''; drop table search_doc; --",
        "AND",
        "OR NOT",
        "NEAR(a b, 3)",
        "a*",
        "*",
        "^a",
        "head:a",
        "head : a",
        "{head body} : a",
        "a:b:c",
        ":",
        "::",
        "status:",
        "status:\"",
        "-",
        "--",
        "-\"",
        "-status:",
        "(",
        ")",
        "(a",
        "a AND (b OR",
        "a & b",
        "a | !b",
        "a <-> b",
        "'a':A",
        "\\",
        "%",
        "_",
        "$1",
        "{}",
        "\0",
        "a\0b",
        "tag:a\0b",
        "from:a\0b",
        "assignee:\0",
        "\u{202e}abc",
        "𝕏 😀",
        "ﬁ",
        "e\u{301}",
        "from:%",
        "from:\"\"",
        "from:''",
        "tag:'\"",
        "in:'",
        "before:-1",
        "after:99999999-99-99",
        "before:2026-02-31",
        "assignee:agent:x",
        "assignee:",
        "#",
        "#99999999999999999999",
        "0",
        "00",
        &long,
        &many,
        &operators,
        "\t\n\r",
        "status:open status:bogus \"x",
    ] {
        for (order, skip) in [(Order::Best, 0), (Order::Newest, usize::MAX)] {
            let asked = Asked { order, skip, brief: false, text: text.to_owned() };
            let found = marta.search(asked).await.unwrap_or_else(|error| panic!("{text:.40}: {error}"));
            for problem in &found.problems {
                assert!(text.get(problem.from..problem.to).is_some_and(|part| !part.is_empty()), "{text:.40}: {problem:?}");
            }
        }
    }
    // what looks like a language of the database is words
    assert_eq!(search(marta, "\"and or not near\"").await.total, 1);
    assert_eq!(search(marta, "AND NOT").await.total, 1);
});
