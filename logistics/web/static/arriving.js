"use strict";
// What the camera reads on the receiving page is a scan into its one field.
document.addEventListener("codescanned", (event) => {
  const field = document.getElementById("f-code");
  field.value = event.detail;
  field.form.requestSubmit();
});
