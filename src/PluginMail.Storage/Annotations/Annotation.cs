namespace PluginMail.Storage;

/// <summary>An annotation (RFC 5464): an entry with its value.</summary>
/// <param name="Entry">Its name, written as when it was set first.</param>
/// <param name="Value">Octets; may be none.</param>
public sealed record Annotation(string Entry, ReadOnlyMemory<byte> Value);

/// <summary>An entry to be set or removed.</summary>
/// <param name="Entry">Its name: see <see cref="AnnotationName.IsEntry"/>.</param>
/// <param name="Value">Octets; null removes it.</param>
public sealed record AnnotationUpdate(string Entry, ReadOnlyMemory<byte>? Value);

/// <summary>How far below an entry is read (RFC 5464 section 4.2.2).</summary>
public enum AnnotationDepth
{
    /// <summary>The entry alone.</summary>
    Zero,

    /// <summary>The entry, and those directly below it.</summary>
    One,

    /// <summary>The entry, and all below it.</summary>
    Infinity,
}

/// <summary>How a change of annotations ended.</summary>
public enum AnnotationChange
{
    /// <summary>All is done and on disk.</summary>
    Done,

    /// <summary>The folder or the account is gone.</summary>
    NotFound,

    /// <summary>A name is none.</summary>
    InvalidName,

    /// <summary>A shared entry of the server: these are settings.</summary>
    NotAllowed,

    /// <summary>A value has more octets than <see cref="IAnnotationStore.MaximumValueOctets"/>.</summary>
    ValueTooLarge,

    /// <summary>There are as many entries, or octets of values, as there may be: of the folder, or of the account with all its folders.</summary>
    TooMany,
}
