"""What every picture is made of: colours, letters, legends, canvases, figures and files."""
