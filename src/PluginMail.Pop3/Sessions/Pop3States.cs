namespace PluginMail.Pop3.Sessions;

/// <summary>The states of RFC 1939 that commands are legal in. UPDATE is what QUIT does.</summary>
[Flags]
internal enum Pop3States
{
    /// <summary>Not signed in.</summary>
    Authorization = 1,

    /// <summary>Signed in.</summary>
    Transaction = 2,

    /// <summary>Always.</summary>
    Any = Authorization | Transaction,
}
