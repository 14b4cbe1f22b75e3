"""O czym po polsku piszą klienci i Anna: the Polish half of the conversations."""

# ruff: noqa: E501 (sentences read better unbroken)

from crm_inbox.demo.topics import Topic, them, us

TOPICS = (
    Topic(
        "quote",
        ("Zapytanie ofertowe: {plural}", "Prośba o wycenę, {project}", "Wycena {qty} {many}", "{company}, zapytanie o cenę"),
        (
            them(
                ("Urządzamy nowe biuro ({project}) i potrzebujemy {qty} {many}. Proszę o wycenę z dostawą i montażem, miasto: {city}.", "Proszę o ofertę na {qty} {many}, kolor: {colour}. Zależy nam na terminie do {weeks} tygodni.", "Widział{em} Państwa realizację u znajomych i chcielibyśmy zapytać o {plural}. Potrzebujemy {qty} sztuk."),
                ("Decyzję podejmiemy w przyszłym tygodniu.", "Budynek ma windę towarową.", "Będę wdzięczn{y} za odpowiedź do końca tygodnia."),
            ),
            us(
                "Dziękuję za zapytanie. W załączniku przesyłam ofertę nr {quote}: {qty} {many}, razem {total} netto z dostawą i montażem.",
                ("Oferta jest ważna 30 dni, termin realizacji to {weeks} tygodni od zamówienia.", "Przy zamówieniu {more} sztuk możemy obniżyć cenę o {percent}%."),
                attach="offer",
            ),
            them(("Dziękuję, przekazał{em} ofertę do zarządu.", "Dziękuję za szybką odpowiedź. Czy w kolorze {colour2} cena będzie taka sama?", "Oferta wygląda dobrze, ale budżet mamy trochę mniejszy. Czy da się coś zrobić?")),
            us(("Rozmawiałam z produkcją: przy zamówieniu do końca miesiąca możemy zejść do {less}.", "Tak, cena się nie zmienia, a {colour2} mamy od ręki.")),
            them(("W takim razie zamawiamy. Zlecenie {order} przyślę jutro.", "Zgoda, proszę o przygotowanie umowy.", "Niestety inwestycja przesuwa się na wiosnę. Odezwę się."), wait="days"),
        ),
        "Projects & Offers",
    ),
    Topic(
        "nudge",
        ("Oferta {quote}: czy są pytania?", "Przypomnienie o ofercie {quote}", "Czy temat jest aktualny? ({project})"),
        (
            us("Chciałam zapytać, czy oferta {quote} na {plural} jest nadal aktualna.", ("Jeśli coś trzeba zmienić, chętnie przygotuję nową wersję.", "Kolor {colour} mamy teraz w magazynie, więc termin byłby krótszy.")),
            them(("Przepraszam za ciszę, czekamy na zgodę właściciela budynku.", "Tak, jak najbardziej. Proszę o wariant na {more} sztuk.", "Zmienił się zakres, wrócimy do rozmowy po urlopach."), wait="days"),
            us(("Oczywiście, w załączniku nowa wersja oferty.", "Rozumiem, przedłużyłam ważność oferty o miesiąc."), attach="offer"),
            them(("Wracam po dłuższej przerwie: mamy zgodę! Czy ceny z oferty {quote} jeszcze obowiązują?", "Odkopuję stary wątek. Dostaliśmy klucze do lokalu i chcemy ruszać. Co się zmieniło od tamtej pory?"), wait="late"),
        ),
        "Projects & Offers",
    ),
    Topic(
        "meeting",
        ("Spotkanie w {day}?", "Wizja lokalna: {project}", "Pomiary, {company}", "Spotkanie w sprawie projektu"),
        (
            us("W przyszłym tygodniu będę w Państwa okolicy. Czy pasuje {day}, godz. {hour}? Zmierzymy pomieszczenia i pokażę próbki.", ("Zabiorę ze sobą Julię, naszą projektantkę.", "Potrzebujemy około 30 minut."), also="julia"),
            them(("Pasuje, proszę pytać o mnie w recepcji.", "Wolał{bym} godzinę {hour2}, przed południem mamy odbiór.", "W ten dzień nie dam rady, a {day2}?"), wait="hours"),
            us("Świetnie, przesyłam zaproszenie. Do zobaczenia!", wait="minutes", attach="invite", also="julia"),
            them(("Dziękujemy za dzisiejsze spotkanie. Zespołowi najbardziej podoba się {colour}.", "Tak jak obiecał{em}, przesyłam zdjęcie ściany."), wait="days", attach="photo"),
        ),
    ),
    Topic(
        "overdue",
        ("Faktura {invoice}", "Przypomnienie o płatności: {invoice}", "Zaległa płatność, faktura {invoice}"),
        (
            us("W naszym systemie faktura {invoice} na kwotę {total} jest nadal nieopłacona. Jeśli przelew już wyszedł, proszę zignorować tę wiadomość.", attach="invoice"),
            them(("Przepraszam za opóźnienie, przelew wychodzi dzisiaj.", "Na fakturze brakuje numeru zamówienia {order}. Czy można prosić o korektę?", "Faktura została opłacona w {day}, w załączeniu potwierdzenie.")),
            us(("Dziękuję, płatność dotarła.", "Oczywiście, korekta w załączniku."), wait="days"),
        ),
        "Faktury",
    ),
    Topic(
        "billing",
        ("Pytanie o fakturę {invoice}", "Błędny NIP na fakturze {invoice}", "Korekta faktury {invoice}"),
        (
            them(("Na fakturze {invoice} jest stary adres. Proszę o korektę na {company}, {city}.", "Dostaliśmy fakturę {invoice} dwa razy. Którą mamy zapłacić?", "Koszt transportu na fakturze nie zgadza się z ofertą {quote}. Proszę o wyjaśnienie.")),
            us(("Przepraszam za pomyłkę, korektę wyślemy jeszcze dziś.", "Proszę zapłacić pierwszą, drugą system wysłał przez pomyłkę.")),
            them(("Dziękuję za szybkie załatwienie sprawy.", "Otrzymał{em}, przekazuję do akceptacji."), wait="hours"),
        ),
        "Faktury",
    ),
    Topic(
        "support",
        ("Reklamacja, zamówienie {order}", "Brakuje części w zamówieniu {order}", "Problem z montażem", "Zgłoszenie serwisowe {order}"),
        (
            them(("W jednej z paczek z zamówienia {order} brakuje śrub. Czy mogą Państwo dosłać komplet?", "Mechanizm w jednym meblu zacina się przy podnoszeniu. Zdjęcie w załączniku.", "Na blacie ({colour}) jest rysa, prawdopodobnie z transportu. Przesyłam zdjęcie."), "Jesteśmy na miejscu codziennie od 8 do 16.", attach="photo"),
            us(("Bardzo przepraszam. Czy mogę prosić o numer seryjny? Jest na naklejce od spodu.", "Zajmiemy się tym od razu. Serwisant może przyjechać w {day}."), also="piotr"),
            them(("Numer to DL-{quote}-{qty}.", "{day} pasuje, proszę dzwonić na portiernię."), wait="hours"),
            us("Dziękuję, część wysyłamy jutro, oczywiście bez kosztów.", wait="hours"),
            them(("Wszystko działa, dziękujemy!", "Paczka dotarła, pasuje idealnie 👍"), wait="week"),
        ),
    ),
    Topic(
        "introduction",
        ("Współpraca", "Polecenie od znajomych", "Szukamy dostawcy mebli", "{company}: nawiązanie współpracy"),
        (
            them(("Prowadzimy projekty biur, miasto: {city}. Szukamy sprawdzonego dostawcy, interesują nas głównie {plural}.", "Zostaliście nam Państwo poleceni przez wspólnego klienta. W przyszłym roku przeprowadzamy firmę, około 40 osób.", "Czy współpracują Państwo z architektami? Chętnie poznam warunki handlowe."), ("Proszę o katalog.", "Czy możemy porozmawiać w {day}?", "Z góry dziękuję za odpowiedź.")),
            us("Bardzo dziękuję za wiadomość! W załączniku nasz katalog, podobne realizacje są na stronach 12-20.", "Czy pasuje rozmowa w {day} o {hour}?", attach="offer"),
            them(("Tak, proszę o telefon.", "Skonsultuję z zespołem i wrócę z odpowiedzią.")),
        ),
        "Leads",
    ),
    Topic(
        "delivery",
        ("Termin dostawy {order}", "Przesunięcie dostawy na {day}", "Dostawa: wjazd i parkowanie, {order}"),
        (
            them(("Wylewka nie zdąży wyschnąć. Czy możemy przesunąć dostawę zamówienia {order} na {day}?", "O której dokładnie przyjedzie dostawa {order}? Muszę zarezerwować windę.", "Rano ulica będzie zamknięta. Czy godzina {hour2} jest możliwa?")),
            us(("Piotr z logistyki (w kopii) już to przestawił. Kierowca zadzwoni pół godziny wcześniej.", "Dostawa jest zaplanowana na {day} między 9:00 a 12:00."), also="piotr"),
            them(("Dziękuję bardzo, jesteśmy umówieni.", "Super, ochrona wie o dostawie."), wait="hours", also="piotr"),
        ),
    ),
    Topic(
        "order",
        ("Zamówienie {order}", "Zlecenie {order}: {plural}", "Zamawiamy, oferta {quote}"),
        (
            them("W załączniku przesyłam zamówienie na {qty} {many}, zgodnie z ofertą {quote}.", ("Proszę o potwierdzenie terminu.", "Fakturę proszę wysłać na adres księgowości."), attach="order"),
            us("Dziękuję za zamówienie! Potwierdzam {qty} {many}, {total}, termin {weeks} tygodni.", attach="offer"),
            them(("Dziękuję za potwierdzenie.", "Czy możemy jeszcze zwiększyć ilość do {more}?")),
        ),
        "Projects & Offers",
    ),
    Topic(
        "samples",
        ("Próbki: {colour}", "Próbki drewna do projektu", "Wypożyczenie mebla na próbę"),
        (
            them(("Czy mogę prosić o próbki w kolorach: {colour}, {colour2}? Inwestor chce je zobaczyć na żywo.", "Czy jest możliwość wypożyczenia jednej sztuki na tydzień, zanim zamówimy {qty}?")),
            us("Oczywiście, paczka wychodzi dzisiaj. Niczego nie trzeba odsyłać."),
            them(("Próbki dotarły, wygrywa {colour}.", "Dziękujemy! Czy krawędź zawsze jest tak ostra?"), wait="week", attach="photo"),
            us("Dobry wybór. Czy przygotować ofertę na {qty} {many}?"),
        ),
        "Leads",
    ),
    Topic(
        "terms",
        ("Umowa ramowa, projekt", "Warunki płatności", "Uwagi do umowy"),
        (
            us("Przesyłam projekt umowy ramowej, o której rozmawialiśmy: {percent}% rabatu na cały katalog, termin płatności 30 dni.", attach="offer"),
            them(("Nasz prawnik ma dwie uwagi do punktu o odpowiedzialności, poza tym wszystko w porządku.", "Czy możliwe jest 45 dni? To u nas standard."), wait="week"),
            us(("Od drugiego zamówienia 45 dni jest w porządku.", "Obie zmiany możemy przyjąć."), wait="day"),
            them("W takim razie mamy porozumienie. Podpisany egzemplarz wyślę w {day}.", wait="days"),
        ),
    ),
    Topic(
        "thanks",
        ("Dziękujemy!", "Zdjęcia z realizacji", "Biuro gotowe 🎉", "Podziękowania dla montażystów"),
        (
            them("Biuro działa od poniedziałku i wszyscy chwalą {plural}. Przesyłam kilka zdjęć.", ("Proszę podziękować ekipie montażowej, byli świetni.", "Na pewno wrócimy przy kolejnym piętrze."), attach="photo"),
            us("Bardzo się cieszymy! Czy możemy pokazać zdjęcia na naszej stronie?"),
            them(("Oczywiście.", "Tak, proszę tylko o podpis pracowni.")),
        ),
    ),
    Topic(
        "budget",
        ("Szacunkowy budżet: {project}", "Budżet na {more} stanowisk", "Planowanie na przyszły rok"),
        (
            them("Do końca tygodnia muszę oddać budżet. Ile przyjąć na {more} stanowisk ({plural})? Wystarczy rząd wielkości."),
            us(("Do planowania przyjęłabym {total} plus 10% na dostawę i montaż.", "Podobne realizacje kosztowały około {total}.")),
            them("O to chodziło, bardzo dziękuję.", wait="minutes"),
        ),
        "Leads",
    ),
    Topic(
        "tender",
        ("Przetarg: wyposażenie, {project}", "Zaproszenie do składania ofert", "Postępowanie {order}, pytania"),
        (
            them("Zapraszamy do złożenia oferty na wyposażenie: {qty} {many}. Specyfikacja w załączniku.", "Termin składania ofert: {day}, godz. {hour}.", attach="list"),
            us("Dziękuję za zaproszenie. Czy dopuszczają Państwo rozwiązania równoważne w kolorze {colour}?", wait="day"),
            them("Tak, dopuszczamy. Odpowiedź zostanie opublikowana dla wszystkich oferentów.", wait="days"),
            us("W załączniku nasza oferta nr {quote}.", wait="days", attach="offer"),
        ),
        "Projects & Offers",
    ),
)  # fmt: skip

REPLIES = (
    "Krótka informacja: zarząd spotyka się w przyszłym tygodniu, potem dam znać.",
    "Jeszcze jedno pytanie: czy kolor {colour} jest nadal dostępny?",
    "Dziękuję, to mi wystarczy. Dokumenty wyślę jutro.",
    "Przeliczyliśmy to jeszcze raz i potrzebujemy {more} sztuk. Czy termin się zmieni?",
    "Czy mogę prosić o telefon w wolnej chwili? Łatwiej będzie to wyjaśnić.",
    "Przekazał{em} sprawę do księgowości, odezwą się w sprawie {invoice}.",
    "Przepraszam za zwłokę, był{em} na urlopie. Tak, proszę działać.",
    "Wymiary to 4,20 na 6,75 m, wysokość 2,90. Czy to wystarczy?",
    "Inwestor właśnie zaakceptował projekt. Czy termin w {day} jest wciąż wolny?",
    "Upewniam się tylko, czy moja wiadomość nie zginęła 🙂",
    "Administracja potwierdziła, winda jest zarezerwowana od {hour}.",
    "Czy fakturę można podzielić na dwie? Połowa teraz, połowa przy dostawie.",
    "Wygląda dobrze. Proszę dopisać numer {order} na wszystkich dokumentach.",
    "Dobra wiadomość: dostaliśmy też drugie piętro. Porozmawiajmy wkrótce.",
)
