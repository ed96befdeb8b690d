"""Words that name devices, presets and body parts and not people: own lists of the second look, lower case.

Gathered from the makers' public names of ultrasound devices; a word that is missing here makes a file stop, not pass.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAKER_WORDS: Final = _words("""
    acertys acme acuson agfa agilent aloka alpinion analogic ardent atl baobab biosound bk brüel butterfly calanque
    canon caption chison clarius clearvue diasonics draminski dramiński dre dymax echo-son echonous echosens echoson
    edan ellex elscint emperor esaote escalon exo fujifilm fukuda g.e ge gehealthcare gems general healcerion
    hewlett hitachi hologic honda hp imacor imagic imagine imagyn interson ivascular kjær koelis kohaku kohden
    konica konted kontron kretztechnik landwind leltek medison meditech mindray minolta mobisante moonray nebelhorn
    nihon orcheo ostrea panasonic philips picker pie pulsenmore quantel remington rivanna samsung shimadzu siemens
    signostics siui skan socionext sonic sonimage sonivate sonoace sonomed sonoque sonoscanner sonoscape sonosite
    sonostar sonoswiss sonotechnik sorgenfri supersonic technicare telemed terason teratech terumo tiuque toshiba
    uih ultrasonix united vave verathon viatom vingmed vinno visualsonics volcano welld wisonic wrenfield youkey
    zonare zonex
""")
WHOLE_MAKERS: Final = _words("""
    acousticimaging advancedtechnologylaboratories bkmedical bkmedicalas echoson
    shantouinstituteofultrasonicinstruments
""")
"""Names of which no single word is the maker's own; written together."""
GENERIC_WORDS: Final = _words("""
    & a ab acoustic advanced ag america and as austria b b.v b.v. beijing bejing bio biomedica biomedical bv care
    china co company concepts corp corporation denshi design development devices diagnostic diagnostics ds echo
    electric electronics equipment europe france germany gmbh group guangzhou health healthcare healthineers holding
    image images imaging inc incorporated india institute instrument instruments international italy japan k kk
    korea laboratories laboratory limited llc ltd ltd. magnetic mec medical medizintechnik mobile nederland network
    nm north of og oy packard parallel precision primary products resonance s s.a s.p.a sa sas scientific shantou
    shenzhen solutions son sonics sound spa srl suzhou system systems tech technologies technology uab ultraschall
    ultrasonic ultrasonidos ultrasound us usa wuhan yokogawa
""")
MODEL_WORDS: Final = _words("""
    absolu abus access acclarix accuro accuvix ace active acunav acuson adara advance affiniti agile air aixplorer
    alpha anesus antares aplio apogee aquila arietta artida artus ascendus aspen aurora aviso avius balance beyond
    bk3000 bk5000 bkactiv bkspecto bladder bladderscan bonsai book bridge butterfly c60 caris cath cbit cinescan
    clarius clarus class classc classic clear clearvue clover club compact consona corevisionpro crius cts cube cus
    cvx cvxi cx30 cx50 cypress deepsound delta diamond dimension dragon dual duo dus e-cube eagle eagus ebit
    echoblaster echopac echowave eco ecube edge eidos eight elegance elegra elite envisor epiq es essential eub evo
    exapad exo exoplex exovet exp expert ext extend falco falcon famio fast fazone fc fibroscan fit five flex focus
    fortis freehand freestyle gamma ge genius go goelette gold gps gpx gx gyn hawk hd hd11 hd11xe hd15 hd3 hd3+ hd7
    hdi health helx hepatus hera hi-vision hivision hm hs hv i icu ie33 ilook imagepoint imagyn inno innosight
    invenia iq iq+ iq3 iris iu22 iviz juniper kestrel kosmos l labat le leopard lexsa lisendo lite logiq logiqe
    logiqe10 logiqe9 lt lumi lumify m m-turbo mach maestro magicpad maple max maxx megas merlin micromaxx micrus
    minisono moonray mpx msk mt mturbo mylab mylabalpha mylabeight mylabfive mylabgamma mylabomega mylabone
    mylabseven mylabsigma mylabsix mylabtwice mysono nanomaxx navi nemio nerve nexgen nextgen noblus nuewa omega
    omnia one only optigo origin pal panther parus pearl pico picus piloter pioneer platinum plus poc point portable
    porte powervision precision preirus premier premium prestige prima prime pro probe prologue prosound proximus px
    q qbit qhd qlab quantum recho redwood resona rus s s-nerve sarano savanna sc2000 scanner sdu seemore select
    sequoia series seven sienna sigma signos sii silver simpli six skanpad sl software sonicone sonictouch sonimage
    sonix sonixmdp sonixone sonixop sonixrp sonixtablet sonixtouch sonoace sonobook sonoct sonoeye sonoheart
    sonoline sonomax sonon sonorad sonos sonosite sonotouch sparq sprint ssa ssd ssh st st-t steth supersonic swift
    swift+ swo t3000 te te7 technos terason titan torso totus touch tringa turbo tus twice u50 ugeo uhd ultima
    ultimate ultra ultramark ultrasonix ultrasound ultraview uni uscan usmart usonic usonique v v-scan vein velin
    venue venuefit venuego versa versana vet vetus vevo viamo view viewpoint vinno viper virtual vision vivid voice
    voluson voyager vscan vx window wireless wisonic with women's x x-porte xario xbit xcelera xdclear xe xl xp
    xperius xporte xt xvg xview xvision youkey z.one zonare zone zs
""")
VERSION_WORDS: Final = _words("""
    application build ge ge-ultrasound iu22 os pms release rel rev revision software sw system ultrasound ver
    version
""")
DESCRIPTION_WORDS: Final = _words("""
    a aaa abd abdo abdomen abdomenpelvis abdominal abscess access achilles acute adductor adnexa adrenal adult adv
    advanced airway alignment all als anatomy aneurysm angle ankle anterior aorta aorte aortic ap apex apical
    appendicitis appendix arm arms arrest arteria arterial arterias arterie arteries artery articulation artère
    artères ascites assessment auto avf axial axilla axillary axis b back baseline basic bauch bauchspeicheldrüse
    bazo beam becken bedside beinvenen biceps bil bilat bilateral bile biliaire biliar biliary biometry biopsy
    bladder blase block blood blue blære body bone bowel brachial brachiocephalic brain bras breast breathlessness
    bronchus brust bryst bsa bubble bugspytkirtel buttock bækken c cadera calcaneus calf card cardiac cardiaque
    cardiology cardíaca care carotid carotids carpal catheter cava cavity celiac cellulitis central cerebellum
    cerebral cervical cervix ceus cfi cfm chamb chamber cheek chest chestabdomen chestabdpelvis cheville child
    cholecystitis cine circleofwillis clavicle clip cm cmode cns coccyx coeliac coeur collection colon color colour
    common comp complet complete compound compression compressions consolidation continuous contractility contrast
    corazon corazón cornea coronal coronary coronaryartery costal costophrenic cou coude cpr cri critical cross
    crossbeam cspine ctspine cube cuello cuff curved cvc cw cwd cyst d deep default deltoid dep derecha derecho
    detail diaphragm diaphragmatic diastole diastolic diffuse digital dilated distal doppler dorsal droit droite
    dual duct ductal ductus duodenum duplex dvt dyn dynamic dysplasia dyspnea dyspnoea e ear early echo
    echocardiogram echocardiography echographie echokardiographie ecografia ecografía ectopic ed edema ef efast
    effusion effusions ejection elasto elastography elbow em embarazo emer emerg emergency endocavity endometrium
    endovaginal enhanced epigastric epigastrium erector esophagus estimation exam examination exams ext extended
    extremities extremity eye eyelid f face falls fascia fast fate feet femoral femur fetal fetalecho fetus fibula
    filter finger fingers first fistula flank flow fluid focal focused foetal foie follicle foot forearm foreign
    fraction fracture fractures free freeze frequency fund fundus g gain galdeblære gallbladder gallenblase
    gallstones gamma gauche gb gefässe gefäße gelenk gen general genital genou gland graft graviditet great groin
    grossesse gsv guidance guide guided gut gyn gynae gynaecology gynecology gynécologie h haemoperitoneum
    haemothorax hals hanche hand harm harmonic harmonics harnblase head headneck heart hemidiaphragm hemithorax
    hemoperitoneum hemothorax hepatic hepatobiliary hepatorenal hepática hernia herz herzecho hi higado high hip
    hjerte hoden hofte hombro humerus hydrocephalus hydronephrosis hypochondrium hypotension hépatique hígado højre
    hüfte i iac icu idx ileum iliac iliaca ilium im image images imaging imp in inf inferior inferiores
    infraclavicular inférieur inférieurs inguinal intercostal internal interscalene interventional intestinal
    intestine intracavity intraoperative intravenous intussusception iop iup iv ivc izquierda izquierdo j jambe jaw
    jejunum joint jugulaire jugular jugularv k kidney kidneys knee knie knæ l la lac larynx late lateral lax leber
    left leg leiste lever ligament limb limited line linear lines links live liver llq localisation localization
    location long longitudinal loop low lower lspine lsspine lt lumbar lumborum lung lunge lungen lunger lungs luq
    lv lymph lyske m main male mama mamma mammary map mapping maps mave maxilla medial median mediastinum medic
    medium membres mesenteric microvascular mid middle midline miembros milt milz mitral mmode mode motion mouth ms
    msk multi muscle muscles muscular musculoskeletal mvi n nasal native neck neckchest neckchestabdomen
    neckchestabdpelv neonatal neonate nerve nerves neuro nicu niere nieren no node nodes noise nose nuchal nyre
    nyrer o ob oberbauch obgyn obst obstetric obstetrical obstetrics obstétrique ocular oedema oesophagus of open
    optic optimize or oral orbit orbital organ orthopedic other outflow ovarian ovaries ovary p paediatric pain
    pancreas pancreatic pancréas paracentesis paracolic parasternal parotid parts patella pecs ped pediatric peds
    pelvic pelvicv pelvien pelvienne pelvis penetrate penetration penis per perfusion pericardial pericardium periph
    peripheral peritoneal peritoneum peritonitis persistence pharynx phased phlebo picc placement placenta plane
    plaque plax pleura pleural plèvre pneumonia pneumoperitoneum pneumothorax poc pocus poignet point popliteal
    popliteus portable portal post posterior postero posterolateral postoperative poumon poumons power pre pregnancy
    preset presets pressure primary procedure profunda prostate protocol proximal prts psax pulmon pulmonaire
    pulmonar pulmonary pulmón pulse pulsed pw pwd pyloric pylorus páncreas pélvica q qscan quad quadrant quadrants
    quadratus quick r ra radial range rate rechts rectal rectum rectus reduction reflux region regurgitation rein
    reins renal renalartery res resolution rest resting resus resuscitation retina retroperitoneal retroperitoneum
    rib ribs right riñon riñones riñón rlq rodilla root rotator routine rt ruq rush rv rvot rénale s sacrum sagittal
    salivary saphenous sax scalp scan scanner scanning scapula schall schilddrüse schulter schwangerschaft sciatic
    sclera scrotal scrotum second sector segment segmental sein septum series serratus ses shear sheath shock short
    shoulder shunt side single sinus skin skjoldbruskkirtel skulder skull slide sliding sm small smi smoothing soft
    sonoct sonographie sp speckle spectral spinae spine spleen splenic splenorenal sri sspine ssv stage standard std
    stenosis sternal sternum still stomach stone stones strain stress study subclavian subcostal submandibular
    subxiphoid subxyphoid superb superficial superior superiores supra supraclav supraclavicular suprapubic
    suprasternal supérieur supérieurs surface survey svc sweep sweeps systole systolic t tamponade tap tcd tce tdi
    tee teeth tendon tendons testes testicle testicles testicular testicules testikel testis testículo texture
    thenar thi thickness thigh third thoracentesis thoracic thorax three thrombosis thrombus thumb thymus thyroid
    thyroïde tibia tibiafibula tibial tint tiroides tissue tissues tlspine tmj to tobillo toe tongue tonsil trachea
    tracheal trans transabdominal transcranial transesophageal transoesophageal transplant transrectal transthoracic
    transvaginal transverse trauma tricuspid trimester triplex trunk tsi tspine tte tube tunnel two u ulnar ultralyd
    ultrasound umbilical undifferentiated unilateral unterbauch upper upright uprurinarytract ureter urethra urinary
    uro urology us usg uterine uterus v vagina vaginal valve valves valvular varices varicose vas vasc vascular
    vegetation vein veine veines veineux veinous veins vejiga velocity vena venas vene vener venous venstre ventral
    ventricle ventricular vertebral vessel vessels vessie vesícula viability vientre view views visceral volume
    vulva vésicule w wall water wave weighted whole wholebody wide window with without wrist x xiphoid xres y z zone
    zones zygoma échographie épaule
""")
"""Words of descriptions, presets, views and body parts in five languages."""
IMAGE_TYPE_WORDS: Final = _words("""
    arterial cardiac derived endocavitary endorectal endovaginal epicardial gynecology intracardiac intraoperative
    intravascular invasive musculoskeletal neonatal obstetrical ophthalmic original pediatric primary rendering
    retroperitoneal scrotal secondary tcd transcranial transthoracic ultrasound vascular
""")
PROBE_WORDS: Final = _words("""
    air array bladder convex curved curvilinear cw dax dual emt endocavity endorectal eup ict ictx ictxp lexsa
    linear micro microconvex one pahd pencil phased pli plt plu psi pst psu purewave pvg pvi pvt pvu sector sla slax
    supercurved tee teex teexi teexp torso transvaginal unused ust vector volume
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
