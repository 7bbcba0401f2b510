import { find } from "../dom";
import { startLab } from "./lab";
import { PANELS } from "./panels";

startLab(find(document, "#lab", HTMLElement), PANELS);
