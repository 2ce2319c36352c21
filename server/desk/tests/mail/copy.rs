//! What others get of a mail that somebody laid out: its page with its pictures in place, nothing of what it quotes, nothing that watches.

use model::{Assignee, address::EmailAddress, letter::LetterKind};

use crate::common::{self, Ground, JOANA, KENJI, RUI, Shop};
use crate::contract;
use crate::post::*;

/// A PNG as far as its first bytes tell.
const PICTURE: &str = "iVBORw0KGgo=";

/// A mail in both forms with two pictures and a file, as mail programs of Apple and Google build it.
fn laid_out(to: &str, text: &str, page: &str) -> Mail {
    let picture = |cid: &str| {
        format!(
            "--r\r\nContent-Type: image/png; name={cid}.png\r\nContent-ID: <{cid}@home>\r\nContent-Disposition: inline; filename={cid}.png\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{PICTURE}\r\n"
        )
    };
    let body = format!(
        "--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\
         --a\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n{}{}--r--\r\n\
         --a--\r\n--m\r\nContent-Type: application/pdf; name=order.pdf\r\nContent-Disposition: attachment; filename=order.pdf\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcK\r\n--m--",
        picture("new"),
        picture("old"),
    );
    Mail::new(JOANA.1, to, "Re: Late order", &body).header("Content-Type: multipart/mixed; boundary=m")
}

/// A ticket of Joana's with an agent and a third person in it.
async fn ticket(ground: &Ground, shop: &Shop) -> String {
    let id = common::ticket(&shop.marta, "Late order", Assignee::Agent(shop.rui.id().clone())).await;
    shop.marta.add_participant(id.clone(), KENJI.1.parse::<EmailAddress>().unwrap()).await.unwrap();
    send(ground).await;
    thread(shop, &id).await.reply_address
}

contract!(a_copy_of_an_html_mail_is_laid_out_as_it_was_with_its_pictures_in_place, |ground| async {
    let shop = ground.shop().await;
    let reply = ticket(&ground, &shop).await;
    let page = "<html><head><style>p{position:fixed}</style></head><body><p onclick=\"x()\">Look <b>here</b> \
                <img src=\"cid:new@home\"> it is <span style=\"position:fixed;margin:-900px 0;color:red\">broken</span>\
                <img src=\"https://watch.test/p.gif\"><script>bad()</script></p>\
                <div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon, 23 Nov 2026 at 10:00, Marta wrote:</div>\
                <blockquote><img src=\"cid:old@home\">It left today.</blockquote></div></body></html>";
    let text = "Look *here* [image: new.png] it is broken\r\n\r\nOn Mon, 23 Nov 2026 at 10:00, Marta wrote:\r\n> It left today.";
    receive(&ground, &reply, &laid_out(&reply, text, page), &nobody()).await;
    let letters = send(&ground).await;
    assert_eq!(to(&letters), [KENJI.1, RUI]);
    for due in &letters {
        let letter = &due.letter;
        assert!(letter.html.contains("<b>here</b>") && letter.html.contains("color:red"), "{}", letter.html);
        assert!(letter.html.starts_with("<div class=\"rc-reply-above-"), "our marker leads: {}", letter.html);
        for gone in ["script", "onclick", "watch.test", "position", "-900px", "left today", "wrote", "/attachments/"] {
            assert!(!letter.html.contains(gone), "{gone}: {}", letter.html);
        }
        assert!(letter.text.contains("Look *here*") && !letter.text.contains("left today"), "{}", letter.text);
        let names: Vec<_> = letter.attachments.iter().map(|file| (file.name.as_str(), file.cid.is_some())).collect();
        assert_eq!(names, [("new.png", true), ("order.pdf", false)], "what only the quote shows goes to nobody");
        let cid = letter.attachments[0].cid.clone().unwrap();
        assert!(letter.html.contains(&format!("src=\"cid:{cid}\"")) && !cid.contains("home"), "{cid}: {}", letter.html);
        assert_eq!(due.files[0], b"\x89PNG\r\n\x1a\n");
        assert_eq!(letter.check(), Ok(()));
        // what an admin reads under E-mail shows the picture where the ticket has it
        let read = shop.marta.read_letter(due.lease.id.clone()).await.unwrap();
        let (picture, _) = cid.split_once('@').unwrap();
        assert!(read.html.contains(&format!("src=\"/attachments/{picture}\"")), "{}", read.html);
        shop.marta.open_attachment(picture.parse().unwrap()).await.unwrap();
    }
    assert!(letters[1].letter.html.contains("Open it:"), "the footer stands below: {}", letters[1].letter.html);
});

contract!(a_picture_below_a_signature_comes_along, |ground| async {
    let shop = ground.shop().await;
    let reply = ticket(&ground, &shop).await;
    let page = "<div>See the photo</div><div>Sent from my iPhone</div><img src=\"cid:new@home\">\
                <div class=\"gmail_quote\"><blockquote><img src=\"cid:old@home\">It left today.</blockquote></div>";
    let text = "See the photo\r\n\r\nSent from my iPhone\r\n\r\n> It left today.";
    receive(&ground, &reply, &laid_out(&reply, text, page), &nobody()).await;
    for due in &send(&ground).await {
        let names: Vec<_> = due.letter.attachments.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["new.png", "order.pdf"]);
    }
});

contract!(a_page_that_says_more_than_the_text_goes_on_as_text, |ground| async {
    let shop = ground.shop().await;
    let reply = ticket(&ground, &shop).await;
    let page = "<p>Look <b>here</b></p><img src=\"cid:new@home\"><p>and what was said before: the code is 4711</p>";
    receive(&ground, &reply, &laid_out(&reply, "Look here", page), &nobody()).await;
    for due in &send(&ground).await {
        let letter = &due.letter;
        assert!(letter.html.contains("Look here") && !letter.html.contains("4711") && !letter.html.contains("<b>"), "{}", letter.html);
        assert_eq!(letter.attachments.iter().filter(|file| file.cid.is_some()).count(), 0, "its pictures are files");
        assert_eq!(letter.attachments.len(), 3);
    }
});

contract!(a_copy_is_the_same_at_each_try, |ground| async {
    let shop = ground.shop().await;
    let reply = ticket(&ground, &shop).await;
    receive(&ground, &reply, &laid_out(&reply, "Look", "<p>Look <img src=\"cid:new@home\"></p>"), &nobody()).await;
    let first = due(&ground).await;
    for due in &first {
        ground.postbox().put_off(&due.lease, "451 not now", None).await.unwrap();
    }
    ground.clock.pass(model::moment::HOUR);
    let second = due(&ground).await;
    assert_eq!((first.len(), second.len()), (2, 2));
    for one in &first {
        let again = second.iter().find(|two| two.lease.id == one.lease.id).expect("the same letter");
        assert_eq!((&one.letter, &one.files), (&again.letter, &again.files));
        assert!(one.letter.attachments.iter().any(|file| file.cid.is_some()));
        assert!(shop.marta.list_letters_out(None, "").await.unwrap().iter().any(|out| out.state.kind == LetterKind::Copy));
    }
});
