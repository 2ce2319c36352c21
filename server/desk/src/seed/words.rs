//! What people of a believable world say, in five languages. `{name}` is the customer, `{agent}` the agent, `{n}` an order number,
//! `{item}` what was ordered. Knows nothing else.

/// One matter, from the question to the thanks.
pub struct Matter {
    /// Subject.
    pub subject: &'static str,
    /// Tag.
    pub tag: &'static str,
    /// What the customer asks.
    pub asks: &'static str,
    /// What an agent answers.
    pub answers: &'static str,
}

/// A language and its people.
pub struct Tongue {
    /// Given names.
    pub given: &'static [&'static str],
    /// Family names.
    pub family: &'static [&'static str],
    /// Domains of their addresses (all reserved for examples).
    pub domains: &'static [&'static str],
    /// Things ordered.
    pub items: &'static [&'static str],
    /// Matters.
    pub matters: &'static [Matter],
    /// What a customer adds later.
    pub more: &'static [&'static str],
    /// What an agent says then.
    pub helps: &'static [&'static str],
    /// How it ends well.
    pub thanks: &'static [&'static str],
    /// What agents note for each other.
    pub notes: &'static [&'static str],
}

const fn matter(subject: &'static str, tag: &'static str, asks: &'static str, answers: &'static str) -> Matter {
    Matter { subject, tag, asks, answers }
}

/// All of them; English comes twice as often by being first and last.
pub const TONGUES: [Tongue; 6] = [ENGLISH, PORTUGUESE, GERMAN, FRENCH, SPANISH, ENGLISH];

const ENGLISH: Tongue = Tongue {
    given: &["Alice", "Ben", "Chloe", "Daniel", "Emily", "Frank", "Grace", "Henry", "Isla", "Jack", "Maya", "Oliver", "Priya", "Sam"],
    family: &["Baker", "Carter", "Evans", "Foster", "Hughes", "Khan", "Murphy", "O'Neill", "Patel", "Reed", "Turner", "Walsh"],
    domains: &["example.com", "mail.example.org", "studio.example.net"],
    items: &["the oak desk", "two reading lamps", "the blue armchair", "a set of shelves", "the linen curtains", "the standing mirror"],
    matters: &[
        matter(
            "Where is my order {n}?",
            "delivery",
            "Hello,\n\nI ordered {item} two weeks ago (order {n}) and the tracking has not moved since Monday. Could you find out where it is?\n\nMany thanks\n{name}",
            "Hello {name},\n\nthank you for writing. The carrier lost the label in the depot; they have found your parcel and will deliver it **tomorrow before noon**.\n\nSorry for the wait,\n{agent}",
        ),
        matter(
            "Invoice for order {n}",
            "billing",
            "Hi there,\n\nour accountant needs an invoice for order {n} with our VAT number on it. Can you send one?\n\n{name}",
            "Hi {name},\n\nof course. Please tell me the VAT number and the exact company name, and you will have it within the hour.\n\n{agent}",
        ),
        matter(
            "One leg is broken",
            "damage",
            "Good morning,\n\n{item} arrived today and one leg is cracked. I can send pictures. What happens now?\n\n{name}",
            "Good morning {name},\n\nI am sorry. There is no need to send anything back: a new leg leaves our workshop on Thursday, with the tools to fit it.\n\n{agent}",
        ),
        matter(
            "Can I still change my address?",
            "address",
            "Hello, I am moving next week. Can order {n} go to the new address instead?\n\n{name}",
            "Hello {name}, yes, until it is packed, which will be on Friday. Just reply with the new address.\n\n{agent}",
        ),
        matter(
            "Refund for a return",
            "refund",
            "Hi,\n\nI sent {item} back ten days ago and have not seen the refund yet. Order {n}.\n\nBest,\n{name}",
            "Hi {name},\n\nyour return arrived on Tuesday and the refund went out today. Banks take two or three days to show it.\n\n{agent}",
        ),
        matter(
            "Do you deliver to the islands?",
            "question",
            "Hello! Before I order: do you deliver {item} to the Orkney Islands, and what does it cost?\n\n{name}",
            "Hello {name}, we do, by ferry every second Wednesday. It costs 39 more than the mainland.\n\n{agent}",
        ),
    ],
    more: &[
        "Thanks for the quick answer. One more thing: could it be left with the neighbour at number 12?",
        "I have just looked again, and nothing has changed yet.",
        "Here is what you asked for. Let me know if anything is missing.",
        "Could you also tell me how long that takes?",
        "The hinge squeaks a little, is there a lubricant you recommend?",
    ],
    helps: &[
        "Done, I have put that on the order. You will get a message when it leaves.",
        "I asked the warehouse and will write again this afternoon.",
        "That takes three working days at most.",
        "Perfect, that is all I need.",
    ],
    thanks: &[
        "Wonderful, thank you so much!",
        "It has arrived and it is beautiful. Thanks for your help.",
        "That solved it. Have a nice day!",
    ],
    notes: &[
        "Called the carrier, reference 88-1402. They ring back before five.",
        "Second time this month with this depot, worth telling purchasing.",
        "Please keep an eye on this one while I am away.",
    ],
};

const PORTUGUESE: Tongue = Tongue {
    given: &[
        "Ana", "Beatriz", "Carlos", "Débora", "Eduardo", "Fernanda", "Gustavo", "Helena", "Ícaro", "João", "Larissa", "Márcio", "Renata",
        "Thiago",
    ],
    family: &[
        "Almeida",
        "Barbosa",
        "Cardoso",
        "Ferreira",
        "Gonçalves",
        "Lima",
        "Moraes",
        "Nunes",
        "Oliveira",
        "Ribeiro",
        "Souza",
        "Teixeira",
    ],
    domains: &["example.com", "correio.example.org", "loja.example.net"],
    items: &["a escrivaninha", "duas luminárias", "a poltrona azul", "as prateleiras", "a cortina de linho", "o espelho"],
    matters: &[
        matter(
            "Onde está meu pedido {n}?",
            "delivery",
            "Olá,\n\nfiz o pedido {n} há duas semanas ({item}) e o rastreio não muda desde segunda-feira. Vocês conseguem verificar?\n\nObrigada\n{name}",
            "Olá, {name}!\n\nA transportadora perdeu a etiqueta, mas já encontrou o volume. A entrega será **amanhã até o meio-dia**.\n\nDesculpe a demora,\n{agent}",
        ),
        matter(
            "Nota fiscal do pedido {n}",
            "billing",
            "Bom dia, preciso da nota fiscal do pedido {n} com o CNPJ da empresa. Como faço?\n\n{name}",
            "Bom dia, {name}! Me envie o CNPJ e a razão social que eu emito ainda hoje.\n\n{agent}",
        ),
        matter(
            "Chegou quebrado",
            "damage",
            "Oi, {item} chegou hoje com uma peça rachada. O que eu faço?\n\n{name}",
            "Oi, {name}. Sinto muito! Não precisa devolver nada: a peça nova sai da oficina na quinta-feira.\n\n{agent}",
        ),
        matter(
            "Reembolso da devolução",
            "refund",
            "Devolvi {item} há dez dias e ainda não vi o reembolso do pedido {n}.\n\n{name}",
            "{name}, a devolução chegou na terça e o estorno saiu hoje. No cartão aparece em dois ou três dias.\n\n{agent}",
        ),
    ],
    more: &[
        "Obrigada pela resposta rápida! Pode deixar com o vizinho do 12?",
        "Olhei de novo agora e ainda não mudou nada.",
        "Segue o que você pediu.",
        "E quanto tempo leva?",
    ],
    helps: &[
        "Pronto, já anotei no pedido.",
        "Perguntei ao estoque e volto ainda hoje à tarde.",
        "No máximo três dias úteis.",
        "Perfeito, era só isso.",
    ],
    thanks: &["Maravilha, muito obrigada!", "Chegou e ficou lindo. Valeu pela ajuda!", "Resolvido. Bom dia para vocês!"],
    notes: &[
        "Liguei para a transportadora, protocolo 88-1402.",
        "Segunda vez no mês com esse depósito.",
        "Fiquem de olho neste, por favor.",
    ],
};

const GERMAN: Tongue = Tongue {
    given: &["Anke", "Bernd", "Clara", "Dirk", "Elif", "Florian", "Greta", "Heiko", "Jürgen", "Katrin", "Lukas", "Mareike", "Sönke", "Ute"],
    family: &["Bauer", "Fischer", "Groß", "Hoffmann", "Krüger", "Lange", "Müller", "Neumann", "Schäfer", "Schulz", "Weiß", "Yılmaz"],
    domains: &["example.com", "post.example.org", "werkstatt.example.net"],
    items: &["den Eichentisch", "zwei Leselampen", "den blauen Sessel", "das Regal", "die Leinenvorhänge", "den Standspiegel"],
    matters: &[
        matter(
            "Wo bleibt meine Bestellung {n}?",
            "delivery",
            "Guten Tag,\n\nich habe vor zwei Wochen {item} bestellt (Nr. {n}), die Sendungsverfolgung steht seit Montag still. Können Sie nachsehen?\n\nViele Grüße\n{name}",
            "Guten Tag {name},\n\ndas Paket ist gefunden und kommt **morgen Vormittag**. Entschuldigen Sie bitte die Verzögerung.\n\nViele Grüße\n{agent}",
        ),
        matter(
            "Rechnung zur Bestellung {n}",
            "billing",
            "Hallo, wir brauchen für die Buchhaltung eine Rechnung mit unserer USt-IdNr. zu {n}.\n\n{name}",
            "Hallo {name}, gern. Schicken Sie mir bitte die Nummer und die genaue Firmierung.\n\n{agent}",
        ),
        matter(
            "Ein Bein ist gerissen",
            "damage",
            "Hallo, heute kam {item} an, leider mit einem Riss. Wie geht es weiter?\n\n{name}",
            "Hallo {name}, das tut mir leid. Ein neues Teil verlässt am Donnerstag unsere Werkstatt.\n\n{agent}",
        ),
        matter(
            "Erstattung für die Rücksendung",
            "refund",
            "Vor zehn Tagen habe ich {item} zurückgeschickt, die Erstattung zu {n} fehlt noch.\n\n{name}",
            "Ihre Rücksendung kam am Dienstag, die Erstattung ging heute raus.\n\n{agent}",
        ),
    ],
    more: &[
        "Danke für die schnelle Antwort! Darf es auch zum Nachbarn in Nummer 12?",
        "Ich habe gerade noch einmal nachgesehen, es hat sich nichts geändert.",
        "Anbei das Gewünschte.",
        "Wie lange dauert das ungefähr?",
    ],
    helps: &[
        "Ist notiert.",
        "Ich habe im Lager gefragt und melde mich heute Nachmittag.",
        "Höchstens drei Werktage.",
        "Wunderbar, mehr brauche ich nicht.",
    ],
    thanks: &["Wunderbar, herzlichen Dank!", "Angekommen und wunderschön. Danke für die Hilfe!", "Hat geklappt. Schönen Tag noch!"],
    notes: &["Spedition angerufen, Zeichen 88-1402.", "Zum zweiten Mal dieses Depot.", "Bitte im Auge behalten."],
};

const FRENCH: Tongue = Tongue {
    given: &[
        "Amélie",
        "Bruno",
        "Céline",
        "Didier",
        "Élodie",
        "François",
        "Gaëlle",
        "Hugo",
        "Inès",
        "Julien",
        "Léa",
        "Mathis",
        "Noémie",
        "Rémi",
    ],
    family: &[
        "Bernard",
        "Chevalier",
        "Dubois",
        "Fontaine",
        "Garnier",
        "Lefèvre",
        "Mercier",
        "Noël",
        "Petit",
        "Rousseau",
        "Thomas",
        "Vidal",
    ],
    domains: &["example.com", "courrier.example.org", "atelier.example.net"],
    items: &["le bureau en chêne", "deux lampes", "le fauteuil bleu", "l’étagère", "les rideaux en lin", "le miroir"],
    matters: &[
        matter(
            "Où en est ma commande {n} ?",
            "delivery",
            "Bonjour,\n\nj’ai commandé {item} il y a deux semaines (n° {n}) et le suivi ne bouge plus depuis lundi.\n\nMerci d’avance\n{name}",
            "Bonjour {name},\n\nle colis est retrouvé et sera livré **demain avant midi**.\n\nAvec nos excuses,\n{agent}",
        ),
        matter(
            "Facture de la commande {n}",
            "billing",
            "Bonjour, notre comptable demande une facture avec notre numéro de TVA pour la commande {n}.\n\n{name}",
            "Bonjour {name}, bien sûr. Envoyez-moi le numéro et la raison sociale exacte.\n\n{agent}",
        ),
        matter(
            "Un pied est cassé",
            "damage",
            "Bonjour, {item} est arrivé avec un pied fendu. Que faire ?\n\n{name}",
            "Bonjour {name}, je suis désolée. Un pied neuf part de l’atelier jeudi.\n\n{agent}",
        ),
    ],
    more: &[
        "Merci pour cette réponse rapide ! Peut-on le laisser chez le voisin du 12 ?",
        "Je viens de regarder, rien n’a changé.",
        "Voici ce que vous demandiez.",
        "Combien de temps cela prend-il ?",
    ],
    helps: &[
        "C’est noté sur la commande.",
        "J’ai demandé à l’entrepôt et je vous réponds cet après-midi.",
        "Trois jours ouvrés au plus.",
        "Parfait, c’est tout ce qu’il me faut.",
    ],
    thanks: &["Merveilleux, merci beaucoup !", "Bien arrivé et superbe. Merci !", "C’est réglé. Bonne journée !"],
    notes: &["Transporteur appelé, référence 88-1402.", "Deuxième fois ce mois-ci avec ce dépôt.", "À surveiller, s’il vous plaît."],
};

const SPANISH: Tongue = Tongue {
    given: &[
        "Alba", "Bruno", "Carmen", "Diego", "Elena", "Fermín", "Gabriela", "Hugo", "Inés", "Javier", "Lucía", "Martín", "Nuria", "Ramón",
    ],
    family: &["Castro", "Domínguez", "Fuentes", "García", "Herrera", "Ibáñez", "López", "Muñoz", "Ortega", "Peña", "Ruiz", "Vázquez"],
    domains: &["example.com", "correo.example.org", "taller.example.net"],
    items: &["el escritorio", "dos lámparas", "el sillón azul", "la estantería", "las cortinas de lino", "el espejo"],
    matters: &[
        matter(
            "¿Dónde está mi pedido {n}?",
            "delivery",
            "Hola:\n\nhice el pedido {n} hace dos semanas ({item}) y el seguimiento no cambia desde el lunes.\n\nGracias\n{name}",
            "Hola, {name}:\n\nya encontraron el paquete y lo entregan **mañana antes del mediodía**.\n\nDisculpa la espera,\n{agent}",
        ),
        matter(
            "Factura del pedido {n}",
            "billing",
            "Buenos días, necesito la factura del pedido {n} con nuestro NIF.\n\n{name}",
            "Buenos días, {name}. Claro: envíame el NIF y la razón social.\n\n{agent}",
        ),
        matter(
            "Devolución y reembolso",
            "refund",
            "Hola, devolví {item} hace diez días y aún no veo el reembolso del pedido {n}.\n\n{name}",
            "Hola, {name}. La devolución llegó el martes y el reembolso salió hoy.\n\n{agent}",
        ),
    ],
    more: &[
        "¡Gracias por la respuesta! ¿Puede dejarse con el vecino del 12?",
        "Acabo de mirar y sigue igual.",
        "Aquí va lo que pedías.",
        "¿Cuánto tarda?",
    ],
    helps: &[
        "Anotado en el pedido.",
        "Pregunté en el almacén y te escribo esta tarde.",
        "Tres días laborables como mucho.",
        "Perfecto, no necesito más.",
    ],
    thanks: &["¡Estupendo, muchas gracias!", "Llegó y es precioso. ¡Gracias!", "Resuelto. ¡Buen día!"],
    notes: &["Llamé al transportista, referencia 88-1402.", "Segunda vez este mes con ese almacén.", "Ojo con este, por favor."],
};
