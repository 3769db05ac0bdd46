"""Federal and public files from a certified release: `<home>/extracts/<release_id>/<school_year>/`.

layout    what a file looks like in a school year, from seeds/edfacts_*.csv
options   what policy decides of it, and what of that no source confirms
source    the certified release of a school year, and its marts
values    a mart's value as a field's text; render the file; names how it is called
read_back reads a file by its layout alone; checks judges what was read; compare lays it beside last year's
cover     the note that goes with a file; public the lists that anybody may read; make does it all
"""
