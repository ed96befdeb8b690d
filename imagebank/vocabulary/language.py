"""The small words of the five languages that change or carry no meaning in a query. Compared by key (folding.key)."""

from __future__ import annotations

from imagebank.vocabulary.folding import bare_key, key


def _keys(words: str) -> frozenset[str]:
    return frozenset(k for word in words.split() for k in (key(word), bare_key(word)))


EMPTY = _keys(
    # en, fr, de, es, da: articles, prepositions, conjunctions
    "the of on in at to with and or for an a s is are was were been has have be by from per than "
    "le la les l un une des de du d au aux en et ou est sont était avec par pour sur dans chez à "
    "der die das den dem des ein eine einer einem eines im am an auf von vom zu zum zur mit und oder bei für aus "
    "ist sind war waren wurde wurden "
    "el los las lo una uno del al con y o por para fue era está están "
    "den det et en og eller med af ved til i på for om hos var blev "
    # said of every clip of this bank
    "probe transducer schallkopf "
    "ultrasound sonography echography pocus us echo clip clips image images case cases patient patients "
    "scan "
    "échographie écho échographique cas malade "
    "sonographie ultraschall sono fall fälle bild bilder "
    "ecografía ecográfico caso casos paciente "
    "ultralyd skanning tilfælde billede"
)
NEGATION = _keys(
    "no not non without absent absence negative neg abolished "
    "pas sans aucun aucune ni absente nul aboli abolie abolition "
    "kein keine keinen keiner keinem keines nicht ohne fehlend fehlende fehlendes aufgehoben aufgehobenes "
    "sin ausencia ausente ningún ninguna tampoco "
    "ingen intet ikke uden manglende ophævet"
)
AFTER = _keys(
    "absent absente absence negative neg fehlend ausente negativo negativa négatif négative fehlt mangler "
    "abolished aboli abolie aufgehoben ophævet"
)
"""Negations that may follow what they deny: "DVT negative", "sliding absent"."""
EVIDENCE = _keys(
    "evidence sign signs any visible seen signe signes argument arguments visible vu hinweis anhalt zeichen sichtbar "
    "signos signo evidencia datos visibles hay tegn synlig set "
    "detected found identified demonstrated visualised visualized shown nachweisbar nachgewiesen erkennbar gesehen "
    "darstellbar vus vue retrouvé retrouvée objectivé objectivée détecté détectée visto vista visualizado encontrado "
    "identificado objetivado påvist påviselig fundet ses significant large big grand gros groß große grande stor"
)
"""May stand between a negation and what it denies: "no evidence of", "pas de signe de", "kein Hinweis auf"."""
CONTINUES = _keys("or nor ni ou oder noch eller o hverken")
"""Carry a negation on to the next term."""
SUSPECTED = _keys(
    "suspected suspicion suspicious suspect verdacht va sospecha mistanke mistænkt possible mögliche posible"
)
SPARE = _keys(
    "acute aigu aiguë akut akute akutte agudo aguda symptomatic "
    "finding findings present présent présente vorhanden presente stede visible sichtbar synlig"
)
"""A name is also found without these."""
GENERIC = _keys(
    "normal normale normaux abnormal right left droit droite gauche rechts rechte rechter linke linker links derecho "
    "derecha izquierdo izquierda højre venstre both bilateral beidseits "
    "small large big petit grand klein groß große großer pequeño grande lille stor size taille größe tamaño størrelse "
    "mild moderate severe massive léger modéré sévère leicht schwer leve grave moderado let svær "
    "dilated reduced increased enlarged thickened raised low high distended collapsed empty full simple "
    "complex multiple "
    "dilaté altérée augmenté épaissi vide plein erweitert vermindert verdickt vergrößert voll leer dilatado reducida "
    "aumentado engrosada vacío udvidet nedsat forstørret fortykket tom fyldt dilateret "
    "sign signs pattern mode signe zeichen signo tegn aspect muster patrón mønster "
    "long short axis longitudinal transverse sagittal coupe corte schnitt snit axe achse eje akse plane planes doppler "
    "lung lungs heart cardiac pulmonary abdomen abdominal pleural chest thorax vein artery muscle bone joint "
    "soft tissue "
    "poumon pulmonaire cœur cardiaque lunge herz gelenk knochen muskel vene arterie pulmón corazón pulmonar hjerte "
    "veine artère articulation os muscle vena arteria hueso músculo led knogle "
    "pain painful douleur schmerz schmerzen dolor smerte smerter injury trauma old young chronic chronique chronisch "
    "crónico kronisk positive positif positiv positivo suspect visible seen formal imaging needs upper lower anterior "
    "line lines ligne lignes linie linien línea líneas linje linjer mass masse masa raumforderung udfyldning "
    "colour color couleur farbdoppler farvedoppler cyst kyste zyste quiste cyste "
    "rupture ruptured ruptur rupturiert rotura roto rota luxation dislocation luxación torsion torsión "
    "hochgradig mittelgradig geringgradig mäßig schwere schwerer inkarzeriert incarcerated "
    "big fat poor low impaired decreased depressed flat torn tear broken detached swollen inflamed misplaced "
    "malpositioned around arthritis septic "
    "gros grosse augmentée bas basse diminué diminuée altéré réduit réduite autour rompu cassé luxé décollé positionné "
    "arthrite septique "
    "vergrößerter vergrößerte erweiterte eingeschränkt reduziert schlecht erniedrigt kollabiert gerissen gebrochen "
    "geschwollen entzündet abgelöst herum rund arthritis septisch "
    "aumentada disminuido disminuida bajo baja colapsado colapsada alrededor agrandado artritis séptica reducido "
    "udspilet dårlig lav hævet hævede brækket overrevet betændt omkring artrit septisk "
    "skin lesion lésion läsion lesión læsion haut peau piel hud "
    "pregnant pregnancy grossesse enceinte schwangerschaft schwanger embarazo embarazada graviditet gravid "
    "geschwollenes geschwollene schmerzhaftes schwellung gonflé gonflée hinchado hinchada hævelse "
    "minime minimal minimale minimaler mínimo mínima discret discreto diskret "
    "medical healthcare network healthineers systems "
    "posterior lateral medial median proximal distal wall quadrant flow fluid free motion liquid liquide"
)
"""Too common to stand for a name that merely contains them."""
NORMAL = _keys("normal normale normaler normales normaux normalt")
SMALL = {
    "en": "without absence negative evidence suspected suspicion abolished",
    "fr": "absente négatif négative aucune suspicion abolition",
    "de": "fehlend fehlende fehlendes aufgehoben aufgehobenes verdacht hinweis",
    "es": "ausencia ausente ninguna sospecha",
    "da": "manglende mistanke",
}
"""Words that a misspelt one may be meant for though they name nothing."""
CONTRARY = (
    ("hyper", "hypo"), ("intra", "inter", "extra", "retro"), ("sub", "supra"), ("brady", "tachy"), ("pre", "post"),
    ("endo", "epi", "peri"), ("hemo", "pneumo", "hydro", "haemo"), ("macro", "micro"), ("mono", "bi", "tri", "multi"),
)  # fmt: skip
"""Beginnings that must not be repaired into each other: one letter, another meaning."""
REGIONS = {
    region: _keys(words)
    for region, words in {
        "heart": "heart hearts cardiac cœur coeur cœurs cardiaque herz herzens kardial corazón corazones "
        "cardíaco cardíaca hjerte hjerter hjertet kardiel",
        "lung": "lung lungs pulmonary poumon poumons pulmonaire lunge lungen pulmonal pulmón pulmones pulmonar lunger "
        "lungerne thorax thorácico",
        "abdomen": "abdomen abdominal belly ventre bauch bauchraum vientre mave maven",
        "vascular": "vein veins vessel vessels veine veines vaisseau vaisseaux vene venen gefäß gefäße vena venas vaso "
        "vasos vener kar artery arteries artère artères arterie arterien arteria arterias arterier",
        "msk": "joint joints bone bones articulation articulations os gelenk gelenke knochen articulación "
        "articulaciones hueso huesos led ledene knogle knogler musculoskeletal",
        "renal": "renal urinary rénal urinaire urologie harnwege niere nieren urinario urinaria urinveje",
        "ocular": "eye eyes ocular œil oeil yeux oculaire auge augen ojo ojos øje øjne øjet",
        "aorta": "aorta aorte",
        "soft-tissue": "skin peau haut piel hud",
        "nerve": "nerve nerves nerf nerfs nerv nerven nervio nervios nerver",
    }.items()
}
"""Region of the views -> words that mean the place as a whole when they stand alone."""
