"""What English-speaking customers and Anna write about."""

# ruff: noqa: E501 (sentences read better unbroken)

from crm_inbox.demo.topics import Topic, them, us

TOPICS = (
    Topic(
        "quote",
        (
            "Quote for {qty} {many}",
            "{many} for {project}: price?",
            "Request for quotation, {company}",
            "{project}: {qty} {many}",
        ),
        (
            them(
                (
                    "We are fitting out {project} and need {qty} {many}, ideally in {colour}. Could you send me a quote including delivery to {city}?",
                    "A colleague pointed me to your catalogue. What would {qty} {many} cost us, delivered and assembled in {city}?",
                    "Could you price up {qty} {many} for {project}? We would like {colour}, but {colour2} is fine too if it ships sooner.",
                ),
                ("We hope to decide by {day}.", "Lead time matters more to us than the finish.", "There is a goods lift, and the loading bay closes at 16:00."),
            ),
            us(
                "Thank you for asking us. Please find quote {quote} attached: {qty} {many} in {colour}, {total} net, delivery and assembly in {city} included.",
                ("The price holds for 30 days. We can deliver {weeks} weeks after your order.", "If you order {more} instead, the unit price drops by {percent}%. Lead time is {weeks} weeks."),
                wait="hours",
                attach="offer",
            ),
            them(
                ("Got it, thank you. I have passed the quote on to our finance team.", "Thanks, that was quick. The total is a bit above what we planned. Is there any room on the assembly cost?", "Received with thanks. Would {colour2} change the price?"),
                wait="day",
            ),
            us(
                ("I talked to our workshop: we can do {less} if the order arrives by {day}.", "{colour2} costs the same and ships a week earlier. Shall I update the quote?"),
                wait="hours",
            ),
            them(
                ("That works for us. Please go ahead, the PO follows from our purchasing system.", "Perfect, consider it ordered. Who should our site manager call about the delivery slot?", "We have to push this to the next quarter, sorry. I will come back to you."),
                wait="days",
            ),
        ),
        "Projects & Offers",
    ),
    Topic(
        "nudge",
        ("Did you have a chance to look at quote {quote}?", "Quote {quote}: any questions?", "Following up on {project}"),
        (
            us(
                ("I wanted to ask whether quote {quote} for the {qty} {many} is still of interest. The {colour} finish is in stock at the moment.", "Two weeks ago I sent you quote {quote}. Is there anything I can explain or change?"),
                "If the timing has moved, just tell me and I will get in touch later.",
            ),
            them(
                ("Sorry for the silence, we lost our budget holder for a while. The project is alive and I should know more next week.", "Thanks for the reminder. We went with fewer seats in the end; can you requote for half the quantity?", "Not yet, our landlord is still fighting with the fire officer about {project}."),
                wait="days",
            ),
            us(("No problem at all. I have extended the quote by a month.", "Of course. The new quote is attached."), attach="offer"),
            them(
                ("After a long pause: we are back! The board approved {project} yesterday. Is the price still valid?", "Digging up this old thread. We finally have the keys and would like to order. What has changed since?"),
                wait="late",
            ),
        ),
        "Projects & Offers",
    ),
    Topic(
        "meeting",
        ("Visit on {day}?", "Meeting about {project}", "Site visit at {company}", "30 minutes on {day}, {hour}?"),
        (
            us("I will be near {city} next week. Could I drop in on {day} at {hour} to measure {project}?", ("It takes half an hour and I will bring the samples in {colour} and {colour2}.", "Our designer Julia would join me."), also="julia"),
            them(("{day} at {hour} is bad, but {hour2} works. Please ask for me at reception.", "Good idea. {day} it is. Parking is behind the building, bay 14.", "Could we do {day2} instead? We have auditors in the house."), wait="hours"),
            us("Great, here is the invitation. See you then!", wait="minutes", attach="invite", also="julia"),
            them(("Thanks for coming by today. The team loved the {colour} sample. What are the next steps?", "Good to meet you both. I attach a photo of the wall we talked about."), wait="days", attach="photo"),
        ),
    ),
    Topic(
        "overdue",
        ("Invoice {invoice}", "Reminder: invoice {invoice} ({total})", "Payment of invoice {invoice}"),
        (
            us("According to our books invoice {invoice} over {total} was due last week. It may have crossed with your payment; if not, could you check with accounts?", attach="invoice"),
            them(("Our finance team needs the PO number on the invoice. Could you reissue it with PO {order}?", "Apologies, it was stuck in approvals. It goes out with this week's payment run.", "I can see it was paid on {day}. Could you check again?"), wait="day"),
            us(("Thank you, the payment arrived this morning. All settled.", "Done, the corrected invoice is attached."), wait="days"),
        ),
    ),
    Topic(
        "billing",
        ("Question about invoice {invoice}", "Wrong VAT number on {invoice}", "Delivery charge on {invoice}?"),
        (
            them(("Invoice {invoice} shows a delivery charge that was not in the quote. Can you explain or send a credit note?", "The invoice is made out to our old address. Could you change it to {company}, {city}?", "We received invoice {invoice} twice. Which one should we pay?")),
            us(("You are right, sorry about that. The corrected document comes today.", "Please ignore the second copy, our system sent it by mistake.")),
            them(("Perfect, thanks for sorting it so quickly.", "Received, and approved for payment."), wait="hours"),
        ),
    ),
    Topic(
        "support",
        ("One {one} is wobbling", "Problem with order {order}", "{one}: replacement part?", "Help with assembly, order {order}"),
        (
            them(("One of the {many} we got in order {order} makes a grinding noise. Is this something we can fix ourselves?", "A screw bag is missing from one box of order {order}. Could you send another?", "The {colour} surface has a scratch of about 10 cm. Photo attached."), "We are in {city}, weekdays 8 to 17.", attach="photo"),
            us(("I am sorry about that! Could you tell me the serial number? It is on the label underneath.", "That should not happen. A technician can be with you on {day}."), also="piotr"),
            them(("The label says DL-{quote}-{qty}.", "{day} works. Ring the bell marked Deliveries."), wait="hours"),
            us("Thank you. The part leaves our warehouse tomorrow, at no cost of course.", wait="hours"),
            them(("All fixed, thank you!", "It arrived this morning and fits. Great service 👍"), wait="week"),
        ),
    ),
    Topic(
        "introduction",
        ("Introduction", "{company} and Dąb & Lumen", "Recommended by a client of yours", "Looking for a furniture partner"),
        (
            them(("I look after workplace projects at {company} in {city}. We move offices next year and are collecting suppliers for {project}.", "We are a studio from {city} and often specify {many} for our clients. Do you work with architects, and on what terms?", "A friend showed me the {many} you made for their office. We would love something similar."), ("Do you have a brochure you could send?", "Could we speak on {day}?", "Roughly 40 people, to start with.")),
            us("How nice of you to write! I attach our catalogue as a PDF; pages 12 to 20 show projects like yours.", "Would a call on {day} at {hour} suit you?", attach="offer"),
            them(("Yes, please call the number below.", "Let me check with my colleagues and come back to you."), wait="day"),
        ),
        "Leads",
    ),
    Topic(
        "delivery",
        ("Delivery date for order {order}", "Can we move the delivery to {day}?", "Order {order}: access and parking"),
        (
            them(("Our floor will not be dry in time. Can the delivery of order {order} move to {day} next week?", "When exactly will order {order} arrive? I need to book the lift.", "The street in front of {project} is closed that morning. Is {hour2} possible?")),
            us(("Piotr from logistics is in copy and has moved it. The driver calls half an hour before.", "It is on the van for {day}, between 9:00 and 12:00."), also="piotr"),
            them(("Many thanks, both!", "Great, the caretaker knows."), wait="hours", also="piotr"),
        ),
    ),
    Topic(
        "order",
        ("Order {order}", "Purchase order {order}", "PO {order}: {qty} {many}"),
        (
            them("Please find our order for {qty} {many} ({colour}) attached, as in quote {quote}.", ("Please confirm the date.", "Invoice to accounts as usual."), attach="order"),
            us("Thank you for your order! I confirm {qty} {many}, {total}, delivery in {weeks} weeks.", attach="offer"),
            them(("Confirmed, thanks.", "Could we still raise it to {more}?"), wait="day"),
        ),
        "Projects & Offers",
    ),
    Topic(
        "samples",
        ("Samples in {colour}", "Wood samples for {project}", "Could we borrow a {one}?"),
        (
            them(("Could you send us samples in {colour} and {colour2}? Our client wants to touch before deciding.", "Is there a {one} we could try for a week before we order {qty}?")),
            us("With pleasure, the box goes out today. No need to send anything back.", wait="hours"),
            them(("They arrived. {colour} is the favourite by a wide margin.", "Beautiful! The edge on the {colour2} one is a bit sharp, is that normal?"), wait="week", attach="photo"),
            us("Good choice. Shall I prepare a quote for {qty} {many}?", wait="hours"),
        ),
        "Leads",
    ),
    Topic(
        "terms",
        ("Framework agreement, draft", "Payment terms for next year", "Comments on the contract"),
        (
            us("Here is the draft of the framework agreement we discussed: {percent}% on all catalogue items, 30 days net.", attach="offer"),
            them(("Legal has two comments on the liability clause, otherwise fine. Marked up copy follows on {day}.", "Could we make it 45 days? That is the standard at {company}."), wait="week"),
            us(("45 days are fine from the second order on.", "I can accept both changes."), wait="day"),
            them("Good, then we have an agreement. I will have it signed on our side by {day}.", wait="days"),
        ),
    ),
    Topic(
        "damage",
        ("Damaged on arrival: order {order}", "Two boxes missing from {order}"),
        (
            them("Today's delivery of order {order} came with two crushed boxes. The driver made a note on the slip, see photo.", "We need the {many} by {day}, so please tell me how fast you can replace them.", attach="photo"),
            us("I am very sorry. Replacements are set aside and leave on {day}; our carrier collects the damaged ones the same day.", wait="minutes", also="piotr"),
            them(("Thank you for the fast reaction.", "Replacements are here, all good now."), wait="days"),
        ),
    ),
    Topic(
        "thanks",
        ("Thank you!", "{project} is finished", "Photos of {project}", "A happy team 🎉"),
        (
            them("{project} is open and everybody loves the {many}. Some photos attached, use them if you like.", ("Please thank the fitters from us, they were wonderful.", "We will be back for the next floor."), attach="photo"),
            us("This made our day! May we quote you on our website?", wait="hours"),
            them(("Of course.", "Happy to, just send me the text first."), wait="day"),
        ),
    ),
    Topic(
        "budget",
        ("Rough budget for {project}", "Ballpark figure for {more} workplaces", "Planning for next year"),
        (
            them("I have to hand in a budget by {day}. What should I plan for {more} workplaces with {many}? A rough figure is enough; the room list is attached.", "Nothing binding, promise.", attach="list"),
            us(("For planning I would take {total} plus 10% for delivery and assembly.", "Similar projects came to about {total}. I can break it down when you know more.")),
            them("Exactly what I needed, thank you.", wait="minutes"),
        ),
        "Leads",
    ),
)  # fmt: skip

# Mail that keeps arriving in conversations that are there already.
REPLIES = (
    "Quick update from our side: the board meets on {day}, so you will hear from me after that.",
    "One more thing, could you confirm that the {colour} finish is still available?",
    "Thanks Anna, that answers it. I will send the paperwork tomorrow.",
    "We looked at it again and would rather take {more}. Does that change the delivery date?",
    "Could you call me when you have a minute? It is easier to explain on the phone.",
    "I am forwarding this to our finance colleague, she will get back to you about {invoice}.",
    "Sorry for the late answer, I was on leave. Yes, please go ahead.",
    "The measurements are 4.20 by 6.75 m, ceiling at 2.90. Is that enough for you?",
    "Our client just approved it. Can we keep the slot on {day}?",
    "Just checking that my last message did not get lost 🙂",
    "All clear from facilities, the lift is booked for {day} from {hour}.",
    "Could you split the invoice in two? Half now, half on delivery would help us a lot.",
    "That looks right. Please put the reference {order} on everything.",
    "Good news, we got the second floor as well. Let us talk about {project} soon.",
)
