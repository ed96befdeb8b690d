"""Words that name devices, presets and body parts and not people: own lists of the second look, lower case.

Gathered from the makers' public names of ultrasound devices; a word that is missing here makes a file stop, not pass.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAKER_WORDS: Final = _words("""
    acme acuson agfa agilent aloka alpinion analogic ardent atl baobab biosound bk brüel butterfly calanque
    canon chison clarius clearvue diasonics draminski dramiński dre dymax echo-son echonous echosens echoson
    edan ellex elscint emperor esaote escalon exo fujifilm fukuda g.e ge gehealthcare gems general healcerion
    hewlett hitachi hologic honda hp imacor imagic imagine imagyn interson ivascular kjær koelis kohaku kohden
    konica konted kontron kretztechnik landwind leltek medison meditech mindray minolta mobisante moonray
    nebelhorn nihon orcheo ostrea panasonic philips picker pie pulsenmore quantel remington rivanna samsung
    shimadzu siemens signostics siui skan socionext sonic sonimage sonivate sonoace sonomed sonoque sonoscanner
    sonoscape sonosite sonostar sonoswiss sonotechnik sorgenfri supersonic technicare telemed terason teratech
    terumo tiuque toshiba uih ultrasonix united vave verathon viatom vingmed vinno visualsonics volcano welld
    wisonic wrenfield zonare zonex
""")
WHOLE_MAKERS: Final = _words("""
    acousticimaging advancedtechnologylaboratories bkmedical bkmedicalas echoson
    shantouinstituteofultrasonicinstruments
""")
"""Names of which no single word is the maker's own; written together."""
GENERIC_WORDS: Final = _words("""
    & a ab acoustic advanced ag america and as austria b beijing bejing bio biomedica biomedical bv
    china co company concepts corp corporation denshi devices diagnostic diagnostics echo electric electronics
    equipment france germany gmbh health healthcare healthineers image images imaging inc incorporated institute
    instrument instruments international italy japan k kk korea laboratories laboratory limited llc ltd mec
    medical medizintechnik mobile network nm of og oy packard products s s.a s.p.a sa sas scientific shantou
    shenzhen solutions son sonics sound spa srl suzhou system systems tech technologies technology uab
    ultraschall ultrasonic ultrasonidos ultrasound us usa wuhan
""")
MODEL_WORDS: Final = _words("""
    absolu abus access acclarix accuro accuvix ace active acunav acuson adara advance affiniti agile air
    aixplorer alpha anesus antares aplio apogee aquila arietta artida artus ascendus aspen aurora aviso avius
    balance beyond bk3000 bk5000 bkactiv bkspecto bladder bladderscan bonsai book butterfly c60 caris cath cbit
    cinescan clarius clarus class classc classic clearvue clover club compact consona corevisionpro crius cts
    cube cus cvx cvxi cx30 cx50 cypress deepsound delta dimension dragon dual duo dus e-cube eagle eagus ebit
    echoblaster echopac echowave eco edge eidos eight elegance elegra elite envisor epiq essential eub evo
    exapad exo exp expert extend falco falcon famio fast fazone fibroscan fit five flex focus fortis freehand
    freestyle gamma ge genius go goelette gold gps gpx gx gyn hawk hd hd11 hd11xe hd15 hd3 hd3+ hd7 hdi health
    helx hepatus hera hi-vision hivision hm hs i icu ie33 ilook imagepoint imagyn inno innosight invenia iq iq+
    iq3 iris iu22 iviz juniper kestrel kosmos l labat le leopard lexsa lisendo lite logiq logiqe logiqe10
    logiqe9 lt lumi lumify m m-turbo mach maestro magicpad maple max maxx megas merlin micromaxx micrus minisono
    moonray mpx msk mturbo mylab mylabalpha mylabeight mylabfive mylabgamma mylabomega mylabone mylabseven
    mylabsigma mylabsix mylabtwice mysono nanomaxx navi nemio nerve nexgen nextgen noblus nuewa omega omnia one
    optigo origin pal panther parus pearl pico picus piloter platinum plus poc point portable porte powervision
    precision preirus premier premium prestige prima prime pro probe prologue prosound proximus px q qbit qlab
    recho redwood resona s s-nerve sarano savanna sc2000 scanner sdu seemore select sequoia series seven sienna
    sigma signos sii silver simpli six skanpad sl sonictouch sonimage sonix sonixmdp sonixop sonixrp sonixtablet
    sonixtouch sonoace sonobook sonoct sonoeye sonoheart sonoline sonomax sonon sonos sonosite sonotouch sparq
    sprint ssa ssd ssh st st-t steth supersonic swift swift+ swo t3000 te te7 technos terason titan torso totus
    touch tringa turbo tus twice u50 ugeo ultima ultimate ultra ultramark ultrasonix ultrasound ultraview uni
    uscan usmart usonique v v-scan velin venue venuefit venuego versa versana vet vetus vevo viamo view
    viewpoint vinno viper virtual vision vivid voice voluson voyager vscan vx window wireless wisonic with
    women's x x-porte xario xbit xcelera xe xl xp xperius xporte xt xvg xview xvision z.one zonare zone zs
""")
VERSION_WORDS: Final = _words("""
    application build ge ge-ultrasound iu22 os pms release rel rev revision software sw system ultrasound ver
    version
""")
DESCRIPTION_WORDS: Final = _words("""
    a abd abdo abdomen abdominal access achilles acute adnexa adrenal adult adv advanced airway alignment all
    anatomy aneurysm angle ankle anterior aorta aortic apex apical appendix arm arms arteria arterial arterie
    arteries artery artère ascites assessment axial axilla axillary axis b back baseline basic bazo bedside bil
    bilat bilateral bile biliary biopsy bladder blood blue blære bone bowel brachial brachiocephalic brain bras
    breast bsa bubble c calf card cardiac cardiology care carotid carotids catheter cava cavity celiac central
    cerebral cervical cervix cfi cfm chamb chamber chest child cine clavicle clip cm cmode cns coeliac coeur
    collection colon color colour common comp complete compression continuous contrast corazon corazón coronal
    coronary costal costophrenic cou critical cube cuello curved cw cwd cyst d deep default deltoid dep derecha
    derecho detail diaphragm diaphragmatic diastole diastolic diffuse digital distal doppler dorsal droit droite
    dual duct ductal ductus duodenum duplex dvt e ear early echo echocardiogram echocardiography echographie
    echokardiographie ecografia ecografía ed efast effusion elastography elbow em emer emerg emergency
    endocavity endometrium endovaginal enhanced epigastric epigastrium esophagus estimation exam examination
    exams ext extended extremities extremity eye f falls fascia fast fate feet femoral femur fetal fetalecho
    fetus fibula finger fingers fistula flank flow fluid focal focused foetal foie follicle foot forearm free
    freeze fundus g gallbladder gauche gb gefässe gefäße gen general genital gland great groin guidance guide
    guided gut gyn gynae gynaecology gynecology h hals hand harmonic harmonics harnblase head heart
    hemidiaphragm hemithorax hepatic hepatobiliary hepatorenal hernia herz hi higado high hip hjerte humerus
    hypochondrium hígado højre i iac icu idx iliac im image images imaging imp in inf inferior inguinal
    intercostal internal interventional intestinal intestine intracavity intraoperative iop ivc izquierda
    izquierdo j jambe joint jugulaire jugular k kidney kidneys knee l lac larynx lateral lax leber left leg
    lever ligament limb limited linear lines links live liver llq localisation localization location long
    longitudinal loop low lower lt lumbar lung lunge lunger lungs luq lv lymph m main male mamma mammary medial
    median medic medium mesenteric mid middle midline milt milz mitral mmode mode motion ms msk multi muscle
    muscles muscular musculoskeletal n nasal native neck neonatal neonate nerve nerves neuro nicu niere nieren
    no node nodes noise nuchal nyre nyrer o ob obgyn obst obstetric obstetrical obstetrics ocular oesophagus of
    open optic or oral orbit orbital organ orthopedic other outflow ovarian ovaries ovary p paediatric pancreas
    pancreatic paracentesis paracolic parasternal parotid parts patella ped pediatric peds pelvic pelvien pelvis
    penetration penis per perfusion pericardial pericardium periph peripheral peritoneal peritoneum pharynx
    phased phlebo picc placenta plane plaque plax pleura pleural plèvre poc pocus point popliteal portable
    portal post posterior postero posterolateral postoperative poumon poumons power pre pregnancy preset
    pressure primary procedure profunda prostate protocol proximal prts psax pulmon pulmonary pulmón pulse
    pulsed pw pwd q quad quadrant quadrants quick r radial rate rechts rectal rectum rectus reflux region rein
    reins renal res resolution rest resting resus resuscitation retina retroperitoneal retroperitoneum rib ribs
    right riñon riñones riñón rlq root routine rt ruq rush rv rvot s sagittal salivary saphenous sax scan
    scanner scanning schall schilddrüse sciatic scrotal scrotum second sector segment septum series sheath shock
    short shoulder shunt side single sinus skin skull slide sliding sm small soft sonographie sp spectral spine
    spleen splenic splenorenal stage standard std stenosis sternal sternum still stomach stress study subclavian
    subcostal subxiphoid subxyphoid superficial superior supra supraclavicular suprapubic suprasternal surface
    survey sweep sweeps systole systolic t tcd tce tdi tee teeth tendon tendons testes testicle testicles
    testicular testis texture thenar thigh third thoracentesis thoracic thorax three thrombus thumb thymus
    thyroid tibia tibial tissue tissues to toe tonsil trachea tracheal trans transabdominal transcranial
    transesophageal transoesophageal transplant transrectal transthoracic transvaginal transverse trauma
    tricuspid triplex trunk tte tube two u ulnar ultralyd ultrasound umbilical unilateral upper upright ureter
    urethra urinary uro urology us usg uterine uterus v vagina vaginal valve valves varices varicose vas vasc
    vascular vein veine veinous veins vejiga velocity vena vene venous venstre ventral ventricle ventricular
    vertebral vessel vessels vessie view views visceral volume w wall water weighted whole wide window with
    without wrist x xiphoid y z zone zones échographie
""")
"""Words of descriptions, presets, views and body parts in five languages."""
PROBE_WORDS: Final = _words("""
    air bladder convex curved dax dual emt eup ict ictx ictxp lexsa linear micro one phased pli plt plu psi pst
    psu purewave pvg pvi pvt pvu sector sla slax supercurved tee teex teexi teexp torso unused ust vector
""")
METHOD_WORDS: Final = _words("""
    allow allowlist and annex anonymize application basic by characteristics clean cleaned cleaning
    confidentiality data dates de descriptors device dicom dropped e from header identification identified
    identity image imagebank independent keyed list mask masked modified new no of option options outside
    partial patient person picture pixel pixels profile ps3.15 rebuilt removed retain rows shifted synthetic the
    uids verified with
""")
SCREEN_WORDS: Final = _words("""
    acuson aloka bpm butterfly canon cfi clarius dist esaote fps freq fujifilm gain ghz healthcare khz lumify mhz
    mindray mylab pen philips pwr res samsung siemens sonosite tib tic tis toshiba venue vivid
""")
"""Words of scales, indices and logos on the picture itself."""
CONTAINER_WORDS: Final = _words("""
    coremediavideo datahandler dhlrurl handler mdirappl media mhlrvide sound soun soundhandler video videohandler zmeta
""")
"""Names of structures inside films."""
