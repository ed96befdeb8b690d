/** Every page works without this; it makes them quick. */
import { quickBrowse } from "./browse.js";
import { moveCards } from "./cards.js";
import { listenForCopy } from "./copy.js";
import { closeMenus, showPlace } from "./menus.js";
import { startPrinting } from "./print.js";
import { holdSheet } from "./sheet.js";
import { listenForKeys } from "./shortcuts.js";
import { listenForStars } from "./stars.js";
import { suggestions } from "./suggest.js";

document.documentElement.classList.add("js");
closeMenus();
showPlace();
listenForKeys();
listenForCopy();
startPrinting();
listenForStars();
moveCards();
quickBrowse();
holdSheet();
suggestions();
