/** Pages of contributors, reviewers and curators: forms and links work without this; it makes them quick. */
import { comboboxes } from "./combo.js";
import { compare } from "./compare.js";
import { listenForKeys } from "./keys.js";
import { keepLive } from "./live.js";
import { marks } from "./marks.js";
import { masks } from "./mask.js";
import { whenParts } from "./parts.js";
import { pointing } from "./point.js";
import { quickForms } from "./quick.js";
import { autosave } from "./tag.js";
import { showNames, uploads } from "./upload.js";

whenParts((root) => {
  comboboxes(root);
  compare(root);
  masks(root);
  marks(root);
  showNames(root);
  autosave(root);
});
listenForKeys();
quickForms();
pointing();
uploads();
keepLive();
