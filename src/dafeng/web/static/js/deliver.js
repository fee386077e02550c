// A file may be dropped onto the form; without scripts it is chosen.
const form = document.querySelector(".drop");
if (form) {
  const field = form.querySelector("input[type=file]");
  for (const kind of ["dragover", "dragenter"]) form.addEventListener(kind, (happened) => { happened.preventDefault(); form.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("over"));
  form.addEventListener("drop", (happened) => {
    happened.preventDefault();
    if (happened.dataTransfer.files.length) { field.files = happened.dataTransfer.files; form.requestSubmit(); }
  });
}
