namespace PluginMail.Dlp.Text;

/// <summary>Where an entry of an archive lies, as the directory says.</summary>
/// <param name="Header">Where the header before its content begins.</param>
/// <param name="Compressed">Octets of its content as they stand in the archive.</param>
/// <param name="Method">How they are packed.</param>
/// <param name="Flags">General purpose flags.</param>
internal readonly record struct ZipPlace(uint Header, uint Compressed, ushort Method, ushort Flags);
