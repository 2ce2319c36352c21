//! Reports in the dialects of mail systems, and mails that only speak of reports. Own samples: the shapes are those of the systems, the
//! letters nobody sent.

use mail::{Class, Own};

/// A report: whose it is, its header, its body, and what has to be read in it.
struct Report {
    system: &'static str,
    head: &'static str,
    body: &'static str,
    /// Recipients, one after the other with a blank between.
    recipients: &'static str,
    /// How the status starts.
    status: &'static str,
    action: &'static str,
    hard: bool,
}

const MIXED: &str = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n";

const REPORTS: &[Report] = &[
    Report {
        system: "Postfix, unknown user",
        head: "Return-Path: <>\nFrom: MAILER-DAEMON@mx.shop.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n",
        body: "This is the mail system at host mx.shop.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n                   The mail system\n\n<ana@home.example>: host mx.home.example[192.0.2.7] said: 550 5.1.1\n    <ana@home.example>: Recipient address rejected: User unknown in virtual mailbox table (in reply to RCPT TO command)\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.shop.example\nX-Postfix-Queue-ID: 4ABC\n\nFinal-Recipient: rfc822; ana@home.example\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.home.example\nDiagnostic-Code: smtp; 550 5.1.1 <ana@home.example>: Recipient address rejected: User unknown in virtual mailbox table\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Postfix, still trying",
        head: "Return-Path: <>\nFrom: MAILER-DAEMON@mx.shop.example (Mail Delivery System)\nSubject: Delayed Mail (still being retried)\nAuto-Submitted: auto-replied\n",
        body: "####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<ana@home.example>: connect to mx.home.example[192.0.2.7]:25: Connection timed out\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.shop.example\n\nFinal-Recipient: rfc822; ana@home.example\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mx.home.example[192.0.2.7]:25: Connection timed out\nWill-Retry-Until: Mon, 3 Feb 2025 10:12:00 +0000 (UTC)\n",
        recipients: "ana@home.example",
        status: "4.4.1",
        action: "delayed",
        hard: false,
    },
    Report {
        system: "Postfix, two of three",
        head: "Return-Path: <>\nFrom: MAILER-DAEMON@mx.shop.example\nSubject: Undelivered Mail Returned to Sender\n",
        body: "<ana@home.example>: unknown user: \"ana\"\n\n<bo@home.example>: unknown user: \"bo\"\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.shop.example\n\nFinal-Recipient: rfc822; ana@home.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: x-unix; unknown user: \"ana\"\n\nFinal-Recipient: rfc822; bo@home.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: x-unix; unknown user: \"bo\"\n\nFinal-Recipient: rfc822; cy@home.example\nAction: relayed\nStatus: 2.0.0\n",
        recipients: "ana@home.example bo@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Microsoft 365",
        head: "Return-Path: <>\nFrom: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@home.example>\nSubject: Undeliverable: Your order\nX-MS-Exchange-Message-Is-Ndr:\n",
        body: "Your message to ana@home.example couldn't be delivered.\n\nana wasn't found at home.example.\n\nOriginal Message Details\nRecipient Address: ana@home.example\nError: 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ana@home.example not found by SMTP address lookup\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;AM0PR07.eurprd07.prod.outlook.example\nReceived-From-MTA: dns;mail.example\nArrival-Date: Mon, 3 Feb 2025 10:12:00 +0000\n\nFinal-Recipient: rfc822;ana@home.example\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\n",
        recipients: "ana@home.example",
        status: "5.1.10",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Microsoft 365, blocked for what it is",
        head: "Return-Path: <>\nFrom: postmaster@shop.example\nSubject: Unzustellbar: Ihre Bestellung\n",
        body: "Die Nachricht an ana@home.example konnte nicht zugestellt werden.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;AM0PR07.eurprd07.prod.outlook.example\n\nFinal-Recipient: rfc822;ana@home.example\nAction: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp;550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus\n",
        recipients: "ana@home.example",
        status: "5.7.1",
        action: "failed",
        hard: false,
    },
    Report {
        system: "Exchange 2007, without fields",
        head: "From: Microsoft Exchange <postmaster@home.example>\nSubject: Undeliverable: Your order\nContent-Type: text/plain\n",
        body: "Delivery has failed to these recipients or distribution lists:\n\nana@home.example\nThe recipient's e-mail address was not found in the recipient's e-mail system. Microsoft Exchange will not try to redeliver this message for you.\n\nDiagnostic information for administrators:\n\nGenerating server: mail.home.example\n\nana@home.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Exim, unknown user",
        head: "Return-path: <>\nX-Failed-Recipients: ana@home.example\nAuto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@mx.shop.example>\nSubject: Mail delivery failed: returning message to sender\nContent-Type: text/plain\n",
        body: "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ana@home.example\n    host mx.home.example [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:<ana@home.example>:\n    550 5.1.1 No such user\n\n------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <b1@in.shop.example>\nFrom: us@shop.example\nTo: ana@home.example\nMessage-ID: <m.1@in.shop.example>\n\nHello\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Exim, mailbox full",
        head: "Return-path: <>\nX-Failed-Recipients: ana@home.example\nFrom: Mail Delivery System <Mailer-Daemon@mx.shop.example>\nSubject: Mail delivery failed: returning message to sender\nContent-Type: text/plain\n",
        body: "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ana@home.example\n    mailbox is full: retry timeout exceeded\n",
        recipients: "ana@home.example",
        status: "",
        action: "failed",
        hard: false,
    },
    Report {
        system: "Exim, still trying",
        head: "Return-path: <>\nFrom: Mail Delivery System <Mailer-Daemon@mx.shop.example>\nSubject: Warning: message 1abcde-0001-2B delayed 24 hours\nContent-Type: text/plain\n",
        body: "A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.shop.example.\n\nThe address to which the message has not yet been delivered is:\n\n  ana@home.example\n    host mx.home.example [192.0.2.7]\n    Delay reason: SMTP error from remote mail server after RCPT TO:<ana@home.example>:\n    451 4.7.1 Greylisting in action, please come back later\n\nNo action is required on your part. Delivery attempts will continue for\nsome time.\n",
        recipients: "ana@home.example",
        status: "4.7.1",
        action: "delayed",
        hard: false,
    },
    Report {
        system: "qmail",
        head: "Return-Path: <>\nFrom: MAILER-DAEMON@mx.home.example\nSubject: failure notice\nContent-Type: text/plain\n",
        body: "Hi. This is the qmail-send program at mx.home.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<ana@home.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <b1@in.shop.example>\nMessage-ID: <m.1@in.shop.example>\n\nHello\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "qmail, over another server",
        head: "Return-Path: <>\nFrom: MAILER-DAEMON@mx.shop.example\nSubject: failure notice\nContent-Type: text/plain\n",
        body: "Hi. This is the qmail-send program at mx.shop.example.\n\n<ana@home.example>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 5.2.1 The email account that you tried to reach is disabled\nGiving up on 192.0.2.7.\n",
        recipients: "ana@home.example",
        status: "5.2.1",
        action: "failed",
        hard: false,
    },
    Report {
        system: "Gmail, no such user",
        head: "Return-Path: <>\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)\nX-Failed-Recipients: ana@gmail.example\nAuto-Submitted: auto-replied\n",
        body: "** Address not found **\n\nYour message wasn't delivered to ana@gmail.example because the address couldn't be found, or is unable to receive mail.\n\nThe response from the remote server was:\n550 5.1.1 The email account that you tried to reach does not exist.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; googlemail.com\nArrival-Date: Mon, 03 Feb 2025 02:12:00 -0800 (PST)\n\nFinal-Recipient: rfc822; ana@gmail.example\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; gmail-smtp-in.l.google.com. (192.0.2.7, the server for the domain gmail.example.)\nDiagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try\n 550-5.1.1 double-checking the recipient's email address for typos or\n 550 5.1.1 unnecessary spaces.\nLast-Attempt-Date: Mon, 03 Feb 2025 02:12:01 -0800 (PST)\n",
        recipients: "ana@gmail.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Gmail, still trying",
        head: "Return-Path: <>\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Delay)\nAuto-Submitted: auto-replied\n",
        body: "** Delivery incomplete **\n\nThere was a temporary problem delivering your message to ana@home.example. Gmail will retry for 47 more hours.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; googlemail.com\n\nFinal-Recipient: rfc822; ana@home.example\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; The recipient server did not accept our requests to connect.\n",
        recipients: "ana@home.example",
        status: "4.4.1",
        action: "delayed",
        hard: false,
    },
    Report {
        system: "Yahoo, without fields",
        head: "From: MAILER-DAEMON@yahoo.example\nSubject: Failure Notice\nContent-Type: text/plain\n",
        body: "Sorry, we were unable to deliver your message to the following address.\n\n<ana@yahoo.example>:\n554: delivery error: dd This user doesn't have a yahoo.example account (ana@yahoo.example) [0] - mta1.mail.yahoo.example\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <b1@in.shop.example>\n",
        recipients: "ana@yahoo.example",
        status: "5",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Amazon SES",
        head: "Return-Path: <>\nFrom: MAILER-DAEMON@amazonses.com\nSubject: Delivery Status Notification (Failure)\n",
        body: "An error occurred while trying to deliver the mail to the following recipients:\nana@home.example\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a8-50.smtp-out.amazonses.com\n\nAction: failed\nFinal-Recipient: rfc822; ana@home.example\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\nStatus: 5.1.1\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Mimecast",
        head: "Return-Path: <>\nFrom: Postmaster@home.example\nSubject: [Postmaster] Email Delivery Failure\nAuto-Submitted: auto-generated\nContent-Type: text/plain\n",
        body: "Your message could not be delivered to the following recipients:\n\n    ana@home.example\n\nThe reason for the delivery failure is:\n\n    550 Invalid Recipient - https://community.mimecast.example/docs/DOC-1369#550\n",
        recipients: "ana@home.example",
        status: "5",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Lotus Domino",
        head: "From: Postmaster@home.example\nSubject: DELIVERY FAILURE: User ana (ana@home.example) not listed in Domino Directory\n",
        body: "Your message\n\n  Subject: Your order\n\nwas not delivered to:\n\n  ana@home.example\n\nbecause:\n\n  User ana (ana@home.example) not listed in Domino Directory\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;mail.home.example\n\nFinal-Recipient: rfc822;ana@home.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: X-Notes; User ana (ana@home.example) not listed in Domino Directory\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Sendmail",
        head: "Return-Path: <MAILER-DAEMON>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx.shop.example>\nSubject: Returned mail: see transcript for details\nAuto-Submitted: auto-generated (failure)\n",
        body: "The original message was received at Mon, 3 Feb 2025 10:12:00 +0000\nfrom localhost [127.0.0.1]\n\n   ----- The following addresses had permanent fatal errors -----\n<ana@home.example>\n    (reason: 550 5.1.1 <ana@home.example>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.home.example.:\n>>> RCPT To:<ana@home.example>\n<<< 550 5.1.1 <ana@home.example>... User unknown\n550 5.1.1 <ana@home.example>... User unknown\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.shop.example\nArrival-Date: Mon, 3 Feb 2025 10:12:00 +0000\n\nFinal-Recipient: RFC822; ana@home.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: SMTP; 550 5.1.1 <ana@home.example>... User unknown\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Sendmail, domain gone",
        head: "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.shop.example>\nSubject: Returned mail: Host unknown (Name server: home.example: host not found)\n",
        body: "   ----- The following addresses had permanent fatal errors -----\n<ana@home.example>\n\n   ----- Transcript of session follows -----\n550 5.1.2 <ana@home.example>... Host unknown (Name server: home.example: host not found)\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: RFC822; ana@home.example\nAction: failed\nStatus: 5.1.2\nRemote-MTA: DNS; home.example\n",
        recipients: "ana@home.example",
        status: "5.1.2",
        action: "failed",
        hard: true,
    },
    Report {
        system: "OpenSMTPD",
        head: "Return-Path: <>\nFrom: Mailer Daemon <MAILER-DAEMON@mx.shop.example>\nSubject: Delivery status notification: error\n",
        body: "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\nana@home.example: 550 5.1.1 Recipient does not exist here\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.shop.example\n\nFinal-Recipient: rfc822; ana@home.example\nAction: failed\nStatus: 5.0.0\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "PowerMTA, its own judgement",
        head: "Return-Path: <>\nFrom: <mailer-daemon@mta.shop.example>\nSubject: Delivery report\n",
        body: "Hello, this is the mail server on mta.shop.example.\n\n  <ana@home.example> (no such mailbox)\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;mta.shop.example\n\nFinal-Recipient: rfc822;ana@home.example\nAction: failed\nStatus: 5.0.0 (undefined status)\nX-PowerMTA-BounceCategory: bad-mailbox\n",
        recipients: "ana@home.example",
        status: "5",
        action: "failed",
        hard: true,
    },
    Report {
        system: "GMX, Web.de",
        head: "From: GMX Mailer Daemon <mailer-daemon@gmx.example>\nSubject: Mail delivery failed: returning message to sender\nContent-Type: text/plain\n",
        body: "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error. The following address\nfailed:\n\n\"ana@home.example\":\nSMTP error from remote server for RCPT TO command, host: mx.home.example (192.0.2.7) reason: 550 5.1.1 <ana@home.example>: Recipient address rejected: User unknown\n\n--- The header of the original message is following. ---\n\nReceived: from us by gmx\nMessage-ID: <m.1@in.shop.example>\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Courier",
        head: "From: \"Courier mail server at mx.home.example\" <@>\nReturn-Path: <>\nSubject: NOTICE: mail delivery status.\n",
        body: "This is a delivery status notification from mx.home.example.\n\nThe original message was received on Mon, 03 Feb 2025 10:12:00 +0000\n\n---------------------------------------------------------------------------\n\n                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<ana@home.example>:\n    mx.home.example [192.0.2.7]:\n<<< RCPT TO:<ana@home.example>\n>>> 550 User unknown.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.home.example\n\nFinal-Recipient: rfc822; ana@home.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 User unknown.\n",
        recipients: "ana@home.example",
        status: "5.0.0",
        action: "failed",
        hard: true,
    },
    Report {
        system: "MDaemon",
        head: "From: MDaemon@mx.home.example\nReturn-Path: <>\nSubject: MDaemon Warning - Permanent Delivery Failure\nContent-Type: text/plain\n",
        body: "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts the attached message has\nbeen removed from the mail queue on this server.\n\nSession Transcript:\n --> RCPT To:<ana@home.example>\n <-- 550 5.1.1 <ana@home.example> Recipient unknown\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "Zimbra, in French",
        head: "Return-Path: <>\nFrom: MAILER-DAEMON@mx.shop.example (Système de messagerie)\nSubject: Non remis : Votre commande\n",
        body: "Votre message n'a pas pu être remis.\n\n<ana@home.example>: 550 5.1.1 Adresse d'au moins un destinataire invalide\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ana@home.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 Adresse d'au moins un destinataire invalide. Invalid recipient.\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "UOL, in Portuguese",
        head: "Return-Path: <>\nFrom: MAILER-DAEMON@uol.example (Mail Delivery System)\nSubject: Mensagem não entregue / Undelivered Mail Returned to Sender\n",
        body: "A mensagem não pôde ser entregue.\n\n<ana@home.example>: host mx.home.example said: 550 5.1.1 User unknown (in reply to RCPT TO command)\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ana@home.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n",
        recipients: "ana@home.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "QQ, in Chinese",
        head: "Return-Path: <>\nFrom: PostMaster@qq.example\nSubject: 系统退信/Systems bounce\nContent-Type: text/plain; charset=utf-8\n",
        body: "您的邮件被退回来了。\n\n收件人邮件地址：ana@qq.example\n\n退信原因：收件人邮箱不存在\nhost mx3.qq.example said: 550 Mailbox not found. http://service.mail.qq.example (in reply to RCPT TO command)\n",
        recipients: "ana@qq.example",
        status: "5",
        action: "failed",
        hard: true,
    },
    Report {
        system: "a large mail",
        head: "Return-Path: <>\nFrom: MAILER-DAEMON@mx.shop.example\nSubject: Undelivered Mail Returned to Sender\n",
        body: "<ana@home.example>: message size 31457280 exceeds size limit 26214400 of server mx.home.example[192.0.2.7]\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ana@home.example\nAction: failed\nStatus: 5.3.4\nDiagnostic-Code: X-Postfix; message size 31457280 exceeds size limit 26214400 of server\n",
        recipients: "ana@home.example",
        status: "5.3.4",
        action: "failed",
        hard: false,
    },
    Report {
        system: "over quota after days",
        head: "Return-Path: <>\nFrom: MAILER-DAEMON@mx.shop.example\nSubject: Undelivered Mail Returned to Sender\n",
        body: "<ana@home.example>: host mx.home.example said: 452 4.2.2 The email account that you tried to reach is over quota (in reply to RCPT TO command)\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ana@home.example\nAction: failed\nStatus: 4.2.2\nDiagnostic-Code: smtp; 452 4.2.2 The email account that you tried to reach is over quota\n",
        recipients: "ana@home.example",
        status: "4.2.2",
        action: "failed",
        hard: false,
    },
    Report {
        system: "with an address in letters of its own (RFC 6533)",
        head: "Return-Path: <>\nFrom: MAILER-DAEMON@mx.shop.example\nSubject: Undelivered Mail Returned to Sender\n",
        body: "<ána@häuser.example>: unknown user\n--b\nContent-Type: message/global-delivery-status\nContent-Transfer-Encoding: 8bit\n\nReporting-MTA: dns; mx.shop.example\n\nFinal-Recipient: utf-8; ána@häuser.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: X-Postfix; unknown user\n",
        recipients: "ána@häuser.example",
        status: "5.1.1",
        action: "failed",
        hard: true,
    },
    Report {
        system: "DMARC at the other side",
        head: "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.shop.example>\nSubject: Undelivered Mail Returned to Sender\n",
        body: "<ana@gmail.example>: host gmail-smtp-in said: 550-5.7.26 Unauthenticated email from shop.example is not accepted due to domain's DMARC policy. (in reply to end of DATA command)\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ana@gmail.example\nAction: failed\nStatus: 5.7.26\nDiagnostic-Code: smtp; 550-5.7.26 Unauthenticated email from shop.example is not accepted due to domain's DMARC policy.\n",
        recipients: "ana@gmail.example",
        status: "5.7.26",
        action: "failed",
        hard: false,
    },
];

fn understand(raw: &str) -> mail::Understood {
    mail::understand(raw.as_bytes(), &Own { domain: "in.shop.example".into(), loop_mark: Some("mark".into()) }).expect("a mail")
}

fn raw(report: &Report) -> String {
    let Report { head, body, .. } = report;
    if head.contains("Content-Type:") {
        return format!("To: b1@in.shop.example\nDate: Mon, 3 Feb 2025 10:12:00 +0000\n{head}\n{body}");
    }
    let returned = "--b\nContent-Type: message/rfc822\n\nFrom: us@shop.example\nTo: ana@home.example\nSubject: Your order\nMessage-ID: <m.1@in.shop.example>\n\nHello\n--b--\n";
    format!(
        "To: b1@in.shop.example\nDate: Mon, 3 Feb 2025 10:12:00 +0000\n{head}{MIXED}\n--b\nContent-Type: text/plain; charset=utf-8\n\n{body}\n{returned}"
    )
}

#[test]
fn reports_of_mail_systems_say_whose_and_why() {
    let mut wrong = vec![];
    for report in REPORTS {
        for ends in ["\n", "\r\n"] {
            let mail = understand(&raw(report).replace('\n', ends));
            let Some(bounce) = mail.bounce else {
                wrong.push(format!("{}: taken for {:?}", report.system, mail.class));
                continue;
            };
            let status = bounce.status.as_deref().unwrap_or_default();
            let is_status = if report.status.contains('.') { status == report.status } else { status.starts_with(report.status) };
            let action = bounce.action.as_deref().unwrap_or_default();
            if bounce.recipients.join(" ") != report.recipients || !is_status || action != report.action || bounce.hard != report.hard {
                wrong.push(format!(
                    "{}: {:?} {status} {action} hard {}: {:?}",
                    report.system, bounce.recipients, bounce.hard, bounce.diagnostic
                ));
            }
            let returns_mail = raw(report).contains("Message-ID: <m.1@");
            if returns_mail && mail.facts.returned_ids != ["m.1@in.shop.example"] {
                wrong.push(format!("{}: returned {:?}", report.system, mail.facts.returned_ids));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

#[test]
fn who_speaks_of_reports_is_a_person() {
    for (head, body) in [
        (
            "From: Ana <ana@home.example>\nSubject: Re: Undelivered Mail Returned to Sender\nIn-Reply-To: <1@x.example>",
            "I got this, what shall I do?\n\n> 550 5.1.1 User unknown",
        ),
        (
            "From: Ana <ana@home.example>\nSubject: Delivery failed",
            "The postman says that my parcel could not be delivered. Where is it now?",
        ),
        ("From: Ana <ana@home.example>\nSubject: Delivery problem with order 550", "It has not arrived."),
        (
            "From: Ana <ana@home.example>\nSubject: Fwd: Mail delivery failed: returning message to sender",
            "See below\n\n---------- Forwarded message ---------\nFrom: Mail Delivery System <mailer-daemon@x.example>\nSubject: Mail delivery failed\nTo: ana@home.example\n\n550 5.1.1 unknown",
        ),
        (
            "From: Ana Postmaster <ana.postmaster@home.example>\nSubject: My mailbox is full",
            "Please send it again, my mailbox was full (552).",
        ),
        ("From: Zustellung <zustellung@post.example>\nSubject: Ihre Sendung ist unterwegs", "Das Paket konnte nicht zugestellt werden."),
    ] {
        let mail = understand(&format!("{head}\nMessage-ID: <2@home.example>\nDate: Mon, 3 Feb 2025 10:12:00 +0000\n\n{body}\n"));
        assert_eq!((mail.class, mail.bounce), (Some(Class::Human), None), "{head}");
    }
}

#[test]
fn receipts_and_complaints_are_reports_and_kill_no_address() {
    for (kind, part, action) in [
        (
            "disposition-notification",
            "message/disposition-notification\n\nFinal-Recipient: rfc822; ana@home.example\nOriginal-Message-ID: <m.1@in.shop.example>\nDisposition: manual-action/MDN-sent-manually; displayed\n",
            "displayed",
        ),
        (
            "feedback-report",
            "message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\nOriginal-Rcpt-To: ana@home.example\n",
            "complaint",
        ),
    ] {
        let mail = understand(&format!(
            "From: ana@home.example\nSubject: Read: Your order\nContent-Type: multipart/report; report-type={kind}; boundary=b\n\n--b\n\nWords.\n--b\nContent-Type: {part}\n--b--\n"
        ));
        let bounce = mail.bounce.expect("a report");
        assert_eq!((mail.class, bounce.action.as_deref(), bounce.hard), (Some(Class::Bounce), Some(action), false));
        assert_eq!(bounce.recipients, ["ana@home.example"]);
    }
}
