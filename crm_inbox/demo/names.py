"""Given names, surnames and job titles to draw people from; nobody real is meant."""

# name, how a Polish letter addresses that person
POLISH_MEN = tuple(
    tuple(pair.split("/"))
    for pair in (
        "Marek/Marku Tomasz/Tomaszu Piotr/Piotrze Krzysztof/Krzysztofie Łukasz/Łukaszu "
        "Jakub/Jakubie Grzegorz/Grzegorzu Wojciech/Wojciechu Rafał/Rafale Paweł/Pawle "
        "Michał/Michale Bartosz/Bartoszu Szymon/Szymonie Sławomir/Sławomirze Maciej/Macieju "
        "Andrzej/Andrzeju Dariusz/Dariuszu Jan/Janie Adam/Adamie Mateusz/Mateuszu "
        "Radosław/Radosławie Konrad/Konradzie Hubert/Hubercie Mirosław/Mirosławie"
    ).split()
)
POLISH_WOMEN = tuple(
    tuple(pair.split("/"))
    for pair in (
        "Ewa/Ewo Katarzyna/Katarzyno Magdalena/Magdaleno Agnieszka/Agnieszko Joanna/Joanno "
        "Małgorzata/Małgorzato Zofia/Zofio Natalia/Natalio Monika/Moniko Beata/Beato "
        "Dorota/Doroto Karolina/Karolino Aleksandra/Aleksandro Izabela/Izabelo Renata/Renato "
        "Weronika/Weroniko Justyna/Justyno Sylwia/Sylwio Barbara/Barbaro Hanna/Hanno "
        "Paulina/Paulino Elżbieta/Elżbieto Marta/Marto Urszula/Urszulo"
    ).split()
)
# the form for a man, the form for a woman
POLISH_SURNAMES = tuple(
    tuple(pair.split("/"))
    for pair in (
        "Zieliński/Zielińska Wójcik/Wójcik Kamiński/Kamińska Lewandowski/Lewandowska "
        "Szymański/Szymańska Dąbrowski/Dąbrowska Kozłowski/Kozłowska Jankowski/Jankowska "
        "Mazur/Mazur Krawczyk/Krawczyk Piotrowski/Piotrowska Grabowski/Grabowska "
        "Pawłowski/Pawłowska Michalski/Michalska Król/Król Wieczorek/Wieczorek "
        "Jabłoński/Jabłońska Wróbel/Wróbel Majewski/Majewska Olszewski/Olszewska "
        "Stępień/Stępień Malinowski/Malinowska Jaworski/Jaworska Górski/Górska "
        "Witkowski/Witkowska Walczak/Walczak Sikora/Sikora Baran/Baran Rutkowski/Rutkowska "
        "Szewczyk/Szewczyk Ostrowski/Ostrowska Tomaszewski/Tomaszewska Pietrzak/Pietrzak "
        "Zalewski/Zalewska Wróblewski/Wróblewska Marciniak/Marciniak Jasiński/Jasińska "
        "Bąk/Bąk Zawadzki/Zawadzka Sadowski/Sadowska Duda/Duda Chmielewski/Chmielewska "
        "Borkowski/Borkowska Czarnecki/Czarnecka Sokołowski/Sokołowska Urbański/Urbańska "
        "Kubiak/Kubiak Maciejewski/Maciejewska Szczepański/Szczepańska Kucharski/Kucharska "
        "Wilk/Wilk Kalinowski/Kalinowska Lis/Lis Wysocki/Wysocka Adamski/Adamska "
        "Kaźmierczak/Kaźmierczak Sobczak/Sobczak Czerwiński/Czerwińska Gołębiowski/Gołębiowska"
    ).split()
)
ENGLISH_FIRST = (
    "Oliver Amelia Harriet Callum Imogen Rhys Fiona Duncan Priya Nathan Gareth Lucy Eleanor "
    "Dominic Bethany Marcus Rosalind Simon Claire Tobias Maeve Owen Freya Graham Isla Kieran "
    "Naomi Patrick Sophie Theo Victoria Alistair Bridget Conor Daniel Esther Felix Gemma "
    "Hamish Joanna Leah Malcolm Nina Oscar Philippa Ravi Sandra Trevor Una Wesley Zara"
).split()
ENGLISH_SURNAMES = (
    "Ashdown Barlow Carrick Denholm Ellwood Fairclough Garside Hartley Ingram Jessop Kendrick "
    "Langford Merrick Norwood Oakes Pemberton Quayle Radcliffe Sinclair Thornbury Underhill "
    "Vickers Whitlock Yardley Ainsworth Bancroft Colville Drummond Everard Fenwick Gresham "
    "Holloway Ives Kirkbride Lockhart Mallory Nesbitt Ormond Prescott Rowntree Stanhope "
    "Tennant Upton Vane Wetherby Abara Chowdhury Okafor Mistry Rahman Balogun Lindqvist"
).split()
# Others in Europe, who write in English.
EUROPEAN = (
    "Jürgen Weißhaupt|Céline Marchand|Søren Kjærgaard|Zdeněk Havlíček|Åsa Nordström|"
    "Matteo Bellucci|Françoise Delacourt|Anke Großmann|Jiří Vondráček|Mónica Ibáñez|"
    "Björn Lindgård|Lucía Fuentes|Tamás Kerekes|Ioana Drăgulescu|Niels Østergård|"
    "Margarida Simões|Uwe Schäfer|Éva Szőke|Pietro Galvani|Katrín Jónsdóttir"
).split("|")
# name as written, given name and surname in Latin letters
JAPANESE = (
    "山本 健一/Kenichi/Yamamoto|佐々木 美咲/Misaki/Sasaki|中村 拓也/Takuya/Nakamura|"
    "小川 由美子/Yumiko/Ogawa|藤田 大輔/Daisuke/Fujita|松井 彩/Aya/Matsui|"
    "岡田 誠/Makoto/Okada|森 直子/Naoko/Mori|石原 翔/Sho/Ishihara|西川 恵/Megumi/Nishikawa"
).split("|")

TITLES = {
    "en": (
        "Office Manager|Head of Facilities|Procurement Lead|Operations Director|Project Manager|"
        "Interior Architect|Managing Director|Workplace Manager|Buyer|Finance Assistant|"
        "Site Manager|Executive Assistant|Studio Principal|People & Culture Partner"
    ).split("|"),
    "pl": (
        "Kierownik administracji|Dział zakupów|Specjalista ds. zakupów|Architekt wnętrz|"
        "Prezes zarządu|Dyrektor operacyjny|Kierownik projektu|Księgowość|Asystent zarządu|"
        "Koordynator inwestycji|Dział techniczny|Pracownia projektowa"
    ).split("|"),
    "ja": ("総務部", "購買部 主任", "営業部 課長", "デザイン室"),
}
