"""The few conversations with customers in Tokyo; Anna answers in English."""

# ruff: noqa: E501, RUF001 (unbroken sentences, full-width brackets)

from crm_inbox.demo.topics import Topic, them, us

TOPICS = (
    Topic(
        "quote",
        ("お見積りのお願い（{many}）", "{project}用{many}の件", "{many} {qty}台のお見積り"),
        (
            them("いつもお世話になっております。{company}です。", "{project}に{many}を{qty}台導入したいと考えております。お見積りをいただけますでしょうか。", "カラーは{colour}を希望しております。"),
            us("Thank you for your inquiry. Please find our offer {quote} attached: {qty} units, {total}, shipping to Tokyo included.", attach="offer"),
            them(("早速のご連絡ありがとうございます。社内で検討いたします。", "お見積りを拝受いたしました。{colour2}でも同じ価格でしょうか。"), "どうぞよろしくお願いいたします。"),
        ),
        "Projects & Offers",
    ),
    Topic(
        "shipping",
        ("納期について（{order}）", "出荷予定日のご確認 {order}"),
        (
            them("お世話になっております。ご注文番号{order}の納期についてお伺いします。", "{day}までに到着の予定でしょうか。"),
            us("The container left Gdańsk last week and should reach Yokohama in about {weeks} weeks. I attach the packing list.", attach="list"),
            them("承知いたしました。ご対応ありがとうございます。 😊"),
        ),
    ),
    Topic(
        "visit",
        ("ショールーム訪問のお礼", "ご訪問ありがとうございました"),
        (
            them("先日はポズナンのショールームをご案内いただき、誠にありがとうございました。", "{many}の仕上がりに大変感動いたしました。写真を添付いたします。", attach="photo"),
            us("It was a pleasure to have you here. I hope the journey home was smooth!"),
        ),
        "Leads",
    ),
)  # fmt: skip

REPLIES = (
    "ご連絡ありがとうございます。社内で確認の上、{day}までにお返事いたします。",
    "追加で{qty}台お願いすることは可能でしょうか。",
)
